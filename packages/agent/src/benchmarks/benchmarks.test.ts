import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { microsPerSecond, type BenchmarkName, type ExecutionInput } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { ManualClock } from "../manual-clock.ts";
import { systemRoots } from "../roots.ts";
import type { SampleBody } from "../sample-body.ts";
import { Benchmarks } from "./benchmarks.ts";

let folder: string;
let allowed: BenchmarkName[];
let jobs: number;
let samples: SampleBody[];
let executions: ExecutionInput[];
let said: string[];
let stopping: AbortController;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "culprit-benchmarks-"));
  // Nothing ever happens on this machine.
  writeFileSync(join(folder, "stat"), "cpu  1000 0 0 9000 0 0 0 0 0 0\n");
  allowed = ["cpu-integer"];
  jobs = 0;
  samples = [];
  executions = [];
  said = [];
  stopping = new AbortController();
});

afterEach(() => {
  stopping.abort();
  rmSync(folder, { recursive: true });
});

/** `launcher` that is `true` stands for a process that ends without an answer. */
function benchmarks(clock = hurried, options: { launcher?: string[]; everyHours?: number } = {}): Benchmarks {
  const { launcher = [], everyHours = 6 } = options;
  return new Benchmarks({
    settings: { everyHours, seconds: 0.1 },
    allowed: async () => ({ benchmarks: new Set(allowed), problem: null }),
    machineName: "web-1",
    dataDir: folder,
    spool: {
      appendSamples: async (body) => void samples.push(body as SampleBody),
      appendExecutions: async (told) => void executions.push(...(told as ExecutionInput[])),
    },
    jobsUnderWay: () => jobs,
    roots: { ...systemRoots, proc: folder },
    clock,
    log: { info: (text) => said.push(text), warn: () => {}, error: () => {} },
    launcher,
  });
}

/** Waits are a hundred times shorter. */
const hurried = {
  ...systemClock,
  after: (seconds: number, action: () => void) => systemClock.after(seconds / 100, action),
};

test("what the machine allows is measured in a process of its own, spooled as a score, and recorded as a run", async () => {
  const before = Date.now() * 1000;
  const run = await benchmarks().now(["cpu-integer", "disk-write"]);
  expect(run).toMatchObject({
    results: [{ benchmark: "cpu-integer", unit: "{operation}/s" }],
    skipped: [{ benchmark: "disk-write", why: "not-allowed" }],
  });
  expect(samples).toMatchObject([
    {
      series: [
        {
          metric: "culprit.benchmark.score",
          attributes: { benchmark: "cpu-integer", instrument: `1 v8-${process.versions.v8.slice(0, 4)}` },
          type: "gauge",
        },
      ],
      points: { value: [run.results[0]!.value], intervalSeconds: [0] },
    },
  ]);
  expect(samples[0]!.points.at[0]).toBeGreaterThan(before);
  expect(executions).toMatchObject([{ kind: "job", process: "culprit benchmark", outcome: "ok" }]);
  expect(executions[0]!.cpuSeconds).toBeGreaterThan(0.05);
  expect(existsSync(join(folder, "benchmark"))).toBe(false);
});

test("a machine that allows nothing says so of each", async () => {
  allowed = [];
  const { results, skipped } = await benchmarks().now();
  expect(results).toEqual([]);
  expect(new Set(skipped.map(({ why }) => why))).toEqual(new Set(["not-allowed"]));
  expect(skipped).toHaveLength(9);
  expect(executions).toEqual([]);
});

test("nothing is measured while a recorded job runs", async () => {
  jobs = 1;
  expect(await benchmarks().now()).toEqual({
    results: [],
    skipped: [{ benchmark: "cpu-integer", why: "busy", detail: "1 recorded job runs" }],
  });
});

test("a second one meanwhile is refused, and after two minutes of them the machine rests", async () => {
  // Each run takes a minute and a half by this clock.
  let seconds = 0;
  const clock = { ...hurried, monotonicSeconds: () => (seconds += 30) };
  const room = benchmarks(clock, { launcher: ["/bin/true"] });
  const first = room.now();
  expect(await room.now()).toMatchObject({ skipped: [{ why: "under-way" }] });
  expect(await first).toMatchObject({ skipped: [{ why: "failed", detail: "it ended with 0" }] });
  expect(await room.now()).toMatchObject({ skipped: [{ why: "failed" }] });
  expect(await room.now()).toMatchObject({ skipped: [{ why: "resting" }] });
  seconds += 3600;
  expect(await room.now()).toMatchObject({ skipped: [{ why: "failed" }] });
});

test("an agent that stops ends what is measured", async () => {
  const room = benchmarks(hurried, { launcher: ["/bin/sh", "-c", "sleep 60"] });
  void room.run(stopping.signal);
  const asked = room.now();
  await expect.poll(() => existsSync(join(folder, "benchmark"))).toBe(true);
  stopping.abort();
  expect(await asked).toMatchObject({ skipped: [{ why: "failed", detail: "the agent stops" }] });
});

test("what an agent that was killed left behind is removed at the start", async () => {
  mkdirSync(join(folder, "benchmark"));
  writeFileSync(join(folder, "benchmark/read"), "left");
  void benchmarks().run(stopping.signal);
  await expect.poll(() => existsSync(join(folder, "benchmark"))).toBe(false);
});

test("at its times, one that finds no quiet moment is tried again, and then left out and said", async () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 23) * 1000);
  const looks: number[] = [];
  jobs = 1;
  const room = benchmarks(clock, { launcher: ["/bin/true"] });
  void room.run(stopping.signal);
  const begin = clock.now();
  for (let minute = 0; said.length < 2 && minute < 24 * 60; minute++) {
    const before = said.length;
    await clock.advance(60);
    if (said.length > before) looks.push((clock.now() - begin) / microsPerSecond / 3600);
  }
  expect(said).toHaveLength(2);
  expect(said[0]).toBe("benchmarks left out until the next time (cpu-integer): 1 recorded job runs");
  expect(looks[1]! - looks[0]!).toBeCloseTo(6, 1);
  expect(executions).toEqual([]);
});
