/** A hub that is away for an hour of the agent's clock, which a test moves; everything else is real. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startAgent, writeIntake } from "@culprit/agent";
import { formatInstant, seriesAnswer, type HubClient, type Micros } from "@culprit/protocol";
import { expect, test } from "vitest";
import { ManualClock } from "../packages/agent/src/manual-clock.ts";
import { addMachine, adminClient, hubProcess } from "./hub-process.ts";
import { compareWithStore, ledgerRun } from "./ledger.ts";

const second = 1_000_000;
const hour = 3600;
const stepSeconds = 10;

test("an hour without the hub: every run arrives once, and no sample is missing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "culprit-hour-away-"));
  const hub = await hubProcess(join(folder, "hub"));
  hub.hub.start();
  await hub.ready();
  const { token } = await addMachine(hub.address, "ledger");
  await hub.hub.end("SIGKILL");

  // A whole minute, as samples are taken at round instants.
  const start = (Math.floor(Date.now() / 60_000) * 60 - hour) * second;
  const clock = new ManualClock(start);
  const intake = join(folder, "intake");
  const agent = await startAgent(
    { hub: hub.address, token, dataDir: join(folder, "agent"), intake },
    { clock, log: { info() {}, warn() {}, error() {} } },
  );
  const recorded = new Set<string>();
  const live = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += stepSeconds) {
      const entry = String(recorded.size);
      const now = clock.now();
      await writeIntake(intake, {
        ...ledgerRun(entry),
        startedAt: formatInstant(now - second),
        endedAt: formatInstant(now),
      });
      recorded.add(entry);
      await clock.advance(stepSeconds);
      // What is written to disk takes its own time.
      await sleep(10);
    }
  };
  try {
    await live(hour);
    expect(recorded.size).toBe(hour / stepSeconds);
    hub.hub.start();
    await hub.ready();
    const client = await adminClient(hub.address);
    const arrived = async () => {
      await clock.advance(1);
      return (await compareWithStore(recorded, client)).lost.length;
    };
    await expect.poll(arrived, { timeout: 60_000, interval: 200 }).toBe(0);
    expect((await compareWithStore(recorded, client)).doubled).toEqual([]);
    const missing = async () => {
      await clock.advance(1);
      const values = await memorySamples(client, start + 60 * second, start + hour * second);
      return (hour - 60) / stepSeconds - values.filter((value) => value !== null).length;
    };
    await expect.poll(missing, { timeout: 60_000, interval: 200 }).toBe(0);
  } finally {
    await agent.stop();
    await hub.hub.end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  }
});

async function memorySamples(client: HubClient, from: Micros, to: Micros): Promise<(number | null)[]> {
  const answer = await client.get("/metrics/series", seriesAnswer, {
    machine: "ledger",
    metric: "system.memory.usage",
    from: formatInstant(from),
    to: formatInstant(to),
    stepSeconds,
  });
  return answer.series[0]?.values ?? [];
}
