import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import { systemRoots } from "../roots.ts";
import { Quiet } from "./quiet.ts";

let proc: string;
let clock: ManualClock;
let jobs: number;

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), "culprit-quiet-"));
  mkdirSync(join(proc, "pressure"));
  clock = new ManualClock(Date.UTC(2026, 10, 23) * 1000);
  jobs = 0;
});

afterEach(() => rmSync(proc, { recursive: true }));

/** Ticks since the start of a machine of two cores. */
function look({ user = 1000, nice = 0, steal = 0, idle = 9000, io = 0 }): void {
  writeFileSync(join(proc, "stat"), `cpu  ${user} ${nice} 0 ${idle} 0 0 0 ${steal} 0 0\ncpu0 1 1 1 1\n`);
  writeFileSync(join(proc, "pressure/io"), `some avg10=0 avg60=0 avg300=0 total=${io}\n`);
}

function quiet(): Quiet {
  return new Quiet({ roots: { ...systemRoots, proc }, clock, jobsUnderWay: () => jobs });
}

async function disturbance(after: Parameters<typeof look>[0]): Promise<string | null> {
  look({});
  const asked = quiet().disturbance(2, new AbortController().signal);
  look(after);
  await clock.advance(2);
  return asked;
}

test("an idle machine is quiet, also one from which its host takes time", async () => {
  expect(await disturbance({ user: 1020, idle: 9380 })).toBeNull();
  expect(await disturbance({ user: 1020, idle: 9180, steal: 200 })).toBeNull();
});

test("a core of two that works is not", async () => {
  expect(await disturbance({ user: 1200, idle: 9200 })).toBe("others used the CPUs 50% of the time");
  expect(await disturbance({ nice: 200, idle: 9200 })).toBe("others used the CPUs 50% of the time");
});

test("neither is one whose tasks wait for its disk, or which runs a recorded job", async () => {
  expect(await disturbance({ idle: 9400, io: 500_000 })).toBe("a task waited for the disk 25% of the time");
  jobs = 2;
  expect(await disturbance({ idle: 9400 })).toBe("2 recorded jobs run");
});

test("the benchmark's own time is not that of others", () => {
  look({});
  const others = quiet().watchCpu();
  look({ user: 1150, idle: 9150 });
  expect(others(150)).toBeNull();
  expect(others(20)).toBe("others used the CPUs 43% of the time");
});
