/** Agents whose clocks are wrong: shown as such, their runs corrected or flagged, and none lost. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent, writeIntake, type RunningAgent } from "@culprit/agent";
import { execution, list, machine, type Execution, type HubClient, type Machine } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addMachine, adminClient, hubProcess, type HubProcess } from "./hub-process.ts";

const day = 86_400;
/** Seconds that each machine's clock is ahead. */
const clocks = {
  "two-days-ahead": 2 * day,
  "ninety-seconds-ahead": 90,
  "two-days-behind": -2 * day,
  right: 0,
};

let folder: string;
let system: HubProcess;
let client: HubClient;
const agents: RunningAgent[] = [];
let ranAt: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-clocks-"));
  system = await hubProcess(join(folder, "hub"));
  system.hub.start();
  await system.ready();
  client = await adminClient(system.address);
  ranAt = Date.now();
  for (const [name, ahead] of Object.entries(clocks)) {
    const { token } = await addMachine(system.address, name);
    const intake = join(folder, name, "intake");
    const clock = {
      now: () => (Date.now() + ahead * 1000) * 1000,
      monotonicSeconds: () => performance.now() / 1000,
      after: (seconds: number, action: () => void) => {
        const timer = setTimeout(action, seconds * 1000);
        return () => clearTimeout(timer);
      },
    };
    const settings = { hub: system.address, token, dataDir: join(folder, name), intake };
    const observe = { cron: false, systemd: false };
    agents.push(
      await startAgent({ ...settings, observe, collect: { hostSeconds: 1, busySeconds: 1 } }, { clock }),
    );
    const at = (seconds: number) => new Date(ranAt + (ahead + seconds) * 1000).toISOString();
    await writeIntake(intake, { id: `run-${name}`, process: "job", startedAt: at(-30), endedAt: at(-1) });
  }
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await system.hub.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

const machines = async (): Promise<Map<string, Machine>> =>
  new Map((await client.get("/machines", list(machine))).items.map((one) => [one.name, one]));

test("each machine is shown with its clock, and as online", async () => {
  await vi.waitFor(
    async () => {
      const found = await machines();
      for (const [name, ahead] of Object.entries(clocks)) {
        expect(found.get(name)?.clockOffsetSeconds).toBeGreaterThan(ahead - 1);
        expect(found.get(name)?.clockOffsetSeconds).toBeLessThan(ahead + 1);
        expect(found.get(name)?.state).toBe("online");
      }
    },
    { timeout: 30_000, interval: 500 },
  );
});

test("runs are where they were, or flagged, or both", async () => {
  const run = async (name: string): Promise<Execution> => client.get(`/executions/run-${name}`, execution);
  await vi.waitFor(() => Promise.all(Object.keys(clocks).map(run)), { timeout: 20_000, interval: 300 });
  const startOff = async (name: string) => (Date.parse((await run(name)).startedAt) - ranAt) / 1000 + 30;
  for (const name of Object.keys(clocks)) {
    const { flags, durationSeconds } = await run(name);
    expect(durationSeconds).toBeCloseTo(29, 3);
    expect(flags.includes("clock-skew")).toBe(name !== "right");
  }
  expect(await startOff("right")).toBeCloseTo(0, 3);
  expect(Math.abs(await startOff("two-days-ahead"))).toBeLessThan(1);
  expect(await startOff("ninety-seconds-ahead")).toBeCloseTo(90, 3);
  expect(await startOff("two-days-behind")).toBeCloseTo(-2 * day, 3);
});

test("samples of a clock that is days ahead are kept, at their right times", async () => {
  const found = async () => (await machines()).get("two-days-ahead")!;
  await expect.poll(async () => (await found()).now?.memoryShare, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(Math.abs(Date.parse((await found()).lastSampleAt!) - Date.now())).toBeLessThan(20_000);
});
