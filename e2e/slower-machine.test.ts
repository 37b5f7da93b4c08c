/**
 * Benchmarks from a machine to its fitness. That a machine is made slower is real: the kernel gives its benchmark a fifth of a core.
 * Only what tells how busy the machine is comes from a recorded host that is idle, for other tests run beside this.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "@culprit/agent";
import { formatInstant, type BenchmarkRun, type Fitness } from "@culprit/protocol";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { Benchmarks } from "../packages/agent/src/benchmarks/benchmarks.ts";
import { systemClock } from "../packages/agent/src/clock.ts";
import { systemRoots } from "../packages/agent/src/roots.ts";
import { hubUnderTest, type HubUnderTest } from "../packages/hub/src/test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../packages/hub/src/test/machine-under-test.ts";
import { slower } from "./slower-program.ts";

let folder: string;
let hub: HubUnderTest;
let machine: Awaited<ReturnType<typeof machineUnderTest>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "culprit-slower-"));
  hub = await hubUnderTest(formatInstant(Date.now() * 1000));
  machine = await machineUnderTest(hub, "web-1");
});

afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

const idle = { ...systemRoots, proc: join(import.meta.dirname, "../packages/agent/fixtures/small-vm/proc") };
const silent = { info: () => {}, warn: () => {}, error: () => {} };
async function fitness(): Promise<Fitness> {
  hub.clock.set(formatInstant(Date.now() * 1000));
  return (await hub.ask("GET", "/machines/web-1/fitness")).body as Fitness;
}

test("a machine made slower is degraded within three runs, and well again after three good ones", async () => {
  const launcher = undisturbed();
  const quota = slower();
  onTestFinished(() => quota.remove());
  if (quota.instead !== null) console.warn(`made slower by ${quota.instead}`);
  let sequence = 0;
  const room = (launcher: string[], seconds: number) =>
    new Benchmarks({
      settings: { everyHours: 0, seconds },
      allowed: async () => ({ benchmarks: new Set(["cpu-integer"]), problem: null }),
      machineName: "web-1",
      dataDir: folder,
      spool: {
        appendSamples: async (body) => {
          await machine.upload(sampleBatch(++sequence, body));
        },
        appendExecutions: async () => {},
      },
      jobsUnderWay: () => 0,
      roots: idle,
      clock: { ...systemClock, after: (_seconds, action) => systemClock.after(0, action) },
      log: silent,
      launcher,
    });
  const states: string[] = [];
  for (let run = 1; run <= 5 + 3 + 3; run++) {
    const isSlow = run > 5 && run <= 8;
    // A quota holds for what has no turn of its own.
    const measured = isSlow ? room(quota.launcher, quota.seconds) : room(launcher, 0.2);
    const { results, skipped } = await measured.now();
    expect(skipped).toEqual([]);
    expect(results).toHaveLength(1);
    states.push((await fitness()).state);
  }
  expect(states.slice(0, 7)).not.toContain("degraded");
  expect(states[7]).toBe("degraded");
  expect(states[10]).toBe("ok");
});

/** Its turn comes at once, whatever else this machine does: then only what this test does makes it slower. */
function undisturbed(): string[] {
  const { status } = spawnSync("chrt", ["-f", "1", "true"]);
  return status === 0 ? ["/usr/bin/chrt", "-f", "1"] : [];
}

test("benchmarks that an operator asks for run on the machine, and their scores and cost come back as its own data", async () => {
  const allowedFile = join(folder, "allowed.yaml");
  writeFileSync(allowedFile, "benchmarks: [cpu-integer, network-up]", { mode: 0o644 });
  await hub.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = hub.app.server.address() as AddressInfo;
  const agent = await startAgent(
    {
      hub: `http://127.0.0.1:${port}`,
      token: machine.token,
      dataDir: join(folder, "agent"),
      intake: join(folder, "intake"),
      observe: { cron: false, systemd: false },
      allowedFile,
      benchmarks: { seconds: 0.2 },
    },
    { roots: idle, log: silent, control: { owner: process.getuid!() } },
  );
  await expect.poll(() => hub.hub.channels.connected(machine.machineId), { timeout: 10_000 }).toBe(true);
  const asked = await hub.ask("POST", "/machines/web-1/benchmarks", {
    body: { benchmarks: ["cpu-integer", "network-up", "disk-write"] },
  });
  const { results, skipped } = asked.body as BenchmarkRun;
  expect(results.map(({ benchmark }) => benchmark)).toEqual(["cpu-integer", "network-up"]);
  expect(skipped).toEqual([{ benchmark: "disk-write", why: "not-allowed" }]);
  const trends = async () => (await fitness()).benchmarks.map(({ benchmark, latest }) => [benchmark, latest]);
  const scores = results.map(({ benchmark, value }) => [benchmark, value]);
  await expect.poll(trends, { timeout: 15_000 }).toEqual(scores);
  const runs = async () =>
    ((await hub.ask("GET", "/executions?process=culprit benchmark")).body as { items: unknown[] }).items;
  await expect.poll(async () => (await runs()).length, { timeout: 15_000 }).toBe(1);
  await agent.stop();
  hub.hub.channels.stop();
});
