import { chownSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { OsProcessTable } from "./os-processes/os-process-table.ts";
import { RunUsage } from "./run-usage.ts";
import { WrittenProc } from "./testing/written-proc.ts";

const second = 1_000_000;
/** The machine has been up for 1,000 s; ticks are hundredths. */
const base = 1_000_001_000 * second;
let proc: WrittenProc;
let clock: ManualClock;
let table: OsProcessTable;
let runs: RunUsage;

beforeEach(() => {
  proc = new WrittenProc();
  clock = new ManualClock(base);
  table = new OsProcessTable(proc.roots);
  runs = new RunUsage({ table, roots: proc.roots, clock });
  look();
});

afterEach(() => {
  table.close();
  proc.remove();
});

function look(): void {
  const moment = { at: clock.now(), monotonicSeconds: clock.monotonicSeconds() };
  proc.write("proc/uptime", `${1000 + (clock.now() - base) / second} 1.00\n`);
  table.look(moment);
  runs.observe(moment);
}

async function lookAfter(seconds: number): Promise<void> {
  await clock.advance(seconds);
  look();
}

test("a run carries what its processes used and the most at once", async () => {
  proc.put(50, { parent: 1, startTicks: 100_000 });
  runs.track("a", 50, base);
  proc.put(51, { parent: 50, startTicks: 100_001, cpuTicks: 400, rssPages: 1000 });
  await lookAfter(5);
  proc.put(50, { cpuTicks: 20, rssPages: 10 });
  proc.put(51, { cpuTicks: 1400, rssPages: 500, io: { readBytes: 4_000_000, writeBytes: 1_000_000 } });
  await lookAfter(5);
  expect(runs.finish("a")).toEqual({
    cpuSeconds: 14.2,
    maxRssBytes: 1010 * 4096,
    ioReadBytes: 4_000_000,
    ioWriteBytes: 1_000_000,
    peakCpuCores: expect.closeTo(10.2 / 5) as number,
    peakIoBytesPerSecond: 1_000_000,
    runQueueSeconds: 0,
  });
});

test("what the recorder knows tells the demand after the last look", async () => {
  proc.put(50, { parent: 1, startTicks: 100_000 });
  runs.track("a", 50, base);
  await lookAfter(1);
  proc.end(50);
  await clock.advance(7);
  expect(runs.finish("a", base + 8 * second, { cpuSeconds: 14 })).toMatchObject({ peakCpuCores: 2 });
});

test("a child that ended and was waited for counts once, also one that nobody saw", async () => {
  proc.put(50, { parent: 1, startTicks: 100_000 });
  runs.track("a", 50, base);
  proc.put(51, { parent: 50, startTicks: 100_010, cpuTicks: 300 });
  await lookAfter(5);
  proc.end(51);
  // 3.5 s of the child that was seen, and 2 s of one that came and went.
  proc.put(50, { waitedTicks: 550 });
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 5.5 });
});

test("a child that ended with its own parent counts once in the grandparent", async () => {
  proc.put(50, { startTicks: 100_000 });
  proc.put(51, { parent: 50, startTicks: 100_001, cpuTicks: 10 });
  proc.put(52, { parent: 51, startTicks: 100_002, cpuTicks: 200 });
  runs.track("a", 50, base);
  await lookAfter(5);
  proc.end(52);
  proc.end(51);
  proc.put(50, { waitedTicks: 230 });
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 2.3 });
});

test("a process that nobody waits for keeps what it had when it was last seen", async () => {
  proc.put(50, { startTicks: 100_000 });
  proc.put(51, { parent: 50, startTicks: 100_001, cpuTicks: 200 });
  runs.track("a", 50, base);
  await lookAfter(5);
  proc.end(51);
  proc.put(50, { cpuTicks: 10 });
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 2.1 });
});

test("a process that reparents away stays in the run; others' children do not come in", async () => {
  proc.put(50, { startTicks: 100_000 });
  proc.put(51, { parent: 50, startTicks: 100_001, cpuTicks: 100 });
  proc.put(90, { parent: 1, startTicks: 100_001, cpuTicks: 0 });
  runs.track("a", 50, base);
  await lookAfter(5);
  proc.put(51, { parent: 1, cpuTicks: 700 });
  proc.put(90, { cpuTicks: 900 });
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 7 });
});

test("of a long-lived process only what it does during the run counts", async () => {
  proc.put(50, { startTicks: 5000, cpuTicks: 100_000, io: { readBytes: 9_000_000, writeBytes: 0 } });
  proc.put(51, { parent: 50, startTicks: 5001, cpuTicks: 7000 });
  await lookAfter(5);
  runs.track("a", 50, clock.now());
  proc.put(50, { cpuTicks: 100_150, io: { readBytes: 9_000_500, writeBytes: 0 } });
  proc.put(51, { cpuTicks: 8000 });
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 1.5, ioReadBytes: 500 });
});

test("a run that was not tracked, or whose process was gone before anybody looked, has no usage", async () => {
  expect(runs.finish("never")).toBeNull();
  runs.track("gone", 77, base);
  await lookAfter(5);
  expect(runs.finish("gone")).toBeNull();
  expect(runs.finish("gone")).toBeNull();
});

test("a pid that another process has by now is not followed", async () => {
  runs.track("a", 50, base);
  proc.put(50, { startTicks: 100_900, cpuTicks: 50 });
  await lookAfter(10);
  expect(runs.finish("a")).toBeNull();
});

test("a run that ended well after the last look has peaks but no sums, which would be too low", async () => {
  proc.put(50, { startTicks: 100_000 });
  runs.track("a", 50, base);
  proc.put(50, { cpuTicks: 500 });
  await lookAfter(5);
  proc.end(50);
  await clock.advance(4);
  expect(runs.finish("a")).toEqual({
    maxRssBytes: 40_960,
    peakCpuCores: 1,
    peakIoBytesPerSecond: 0,
  });
});

test("a run still alive when it is finished gets a last look", async () => {
  proc.put(50, { startTicks: 100_000 });
  runs.track("a", 50, base);
  await clock.advance(2);
  proc.put(50, { cpuTicks: 300, waitedTicks: 40 });
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 3.4, peakCpuCores: 1.7 });
});

test("what the processes of a run waited for a processor is told, also of those that have ended", async () => {
  proc.put(50, { startTicks: 5000, cpuTicks: 900, waited: 70e9 });
  await lookAfter(1);
  runs.track("a", 50, clock.now());
  proc.put(51, { parent: 50, startTicks: 100_110, cpuTicks: 300, waited: 2e9 });
  await lookAfter(5);
  proc.end(51);
  proc.put(50, { cpuTicks: 1000, waitedTicks: 300, waited: 70.5e9 });
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 4, runQueueSeconds: 2.5 });
});

test("what a run waited is not told where its work was done by children that nobody saw", async () => {
  proc.put(50, { startTicks: 100_000, cpuTicks: 10, waited: 1e9 });
  runs.track("a", 50, base);
  proc.put(50, { waitedTicks: 500 });
  await lookAfter(5);
  const usage = runs.finish("a");
  expect(usage).toMatchObject({ cpuSeconds: 5.1 });
  expect(usage).not.toHaveProperty("runQueueSeconds");
});

test("what nobody of the run waited for is added to what its recorder knows", async () => {
  proc.put(50, { startTicks: 100_000 });
  proc.put(51, { parent: 50, startTicks: 100_001, cpuTicks: 100 });
  proc.put(52, { parent: 51, startTicks: 100_002 });
  runs.track("a", 50, base);
  await lookAfter(1);
  proc.put(52, { parent: 1, cpuTicks: 300, io: { readBytes: 0, writeBytes: 4096 } });
  await lookAfter(4);
  proc.end(51);
  proc.end(50);
  proc.put(52, { parent: 1, cpuTicks: 450 });
  await clock.advance(1);
  expect(runs.finish("a", clock.now(), { cpuSeconds: 2, ioReadBytes: 10, ioWriteBytes: 20 })).toMatchObject({
    cpuSeconds: 6.5,
    ioReadBytes: 10,
    ioWriteBytes: 4116,
  });
});

test("a daemon that left at once is known by the environment that its recorder gave it", async () => {
  proc.put(50, { startTicks: 100_000 });
  proc.put(51, { parent: 50, startTicks: 100_000 });
  runs.track("outer", 50, base);
  runs.track("inner", 51, base);
  proc.put(60, { parent: 1, startTicks: 100_010, cpuTicks: 200 });
  proc.write("proc/60/environ", "HOME=/\0CULPRIT_PARENT_ID=inner\0");
  proc.put(61, { parent: 1, startTicks: 100_010, cpuTicks: 900 });
  proc.write("proc/61/environ", "CULPRIT_PARENT_ID_OF=inner\0");
  await lookAfter(5);
  expect(runs.finish("inner")).toMatchObject({ cpuSeconds: 2 });
  expect(runs.finish("outer")).toMatchObject({ cpuSeconds: 2 });
});

test.skipIf(process.getuid?.() !== 0)("a run's id in another user's environment means nothing", async () => {
  proc.put(50, { startTicks: 100_000 });
  runs.track("a", 50, base);
  proc.put(60, { parent: 1, startTicks: 100_010, cpuTicks: 900 });
  proc.write("proc/60/environ", "CULPRIT_PARENT_ID=a\0");
  chownSync(`${proc.roots.proc}/60`, 12_345, 12_345);
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 0 });
});

test("memory that was given back between looks is known from the process itself", async () => {
  proc.put(50, { startTicks: 100_000, rssPages: 5 });
  proc.write("proc/50/status", "Name:\tjob\nVmPeak:\t  999999 kB\nVmHWM:\t   70000 kB\nVmRSS:\t 20 kB\n");
  runs.track("a", 50, base);
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ maxRssBytes: 70_000 * 1024 });
});

test("a young run is looked at often by itself, with its children, and less so as it grows older", async () => {
  proc.put(50, { startTicks: 100_000 });
  runs.track("a", 50, base);
  expect(runs.lookCloser()).toBeCloseTo(0.05);
  await clock.advance(0.1);
  proc.put(51, { parent: 50, startTicks: 100_005, cpuTicks: 8 });
  runs.lookCloser();
  proc.end(51);
  proc.put(50, { waitedTicks: 1 });
  await clock.advance(0.1);
  expect(runs.lookCloser()).toBeCloseTo(0.05);
  await clock.advance(50);
  expect(runs.lookCloser()).toBeCloseTo(50 * 0.03, 1);
  await clock.advance(1000);
  expect(runs.lookCloser()).toBe(4);
  expect(runs.finish("a", clock.now(), { cpuSeconds: 1 })).toMatchObject({ cpuSeconds: 1 });
});

test("nested runs each count what they share", async () => {
  proc.put(50, { startTicks: 100_000 });
  proc.put(51, { parent: 50, startTicks: 100_010, cpuTicks: 100 });
  runs.track("outer", 50, base);
  runs.track("inner", 51, base);
  await lookAfter(5);
  expect(runs.finish("inner")).toMatchObject({ cpuSeconds: 1 });
  expect(runs.finish("outer")).toMatchObject({ cpuSeconds: 1 });
});

test("a control group of its own brings in processes that the tree lost, and its CPU time", async () => {
  proc.write("sys/fs/cgroup/cgroup.controllers", "cpu io memory\n");
  const group = "sys/fs/cgroup/system.slice/backup.service";
  proc.put(1, { parent: 0, startTicks: 1, group: "/init.scope" });
  proc.put(50, { parent: 1, startTicks: 100_000, group: "/system.slice/backup.service" });
  proc.put(60, { parent: 1, startTicks: 100_010, cpuTicks: 200, rssPages: 90 });
  proc.write(`${group}/cgroup.procs`, "50\n");
  proc.write(`${group}/inner/cgroup.procs`, "60\n");
  proc.write(`${group}/cpu.stat`, "usage_usec 2000000\nuser_usec 1\n");
  runs.track("a", 50, base);
  await lookAfter(5);
  proc.write(`${group}/cpu.stat`, "usage_usec 9000000\nuser_usec 1\n");
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 9, maxRssBytes: 100 * 4096, peakCpuCores: 1.4 });
});

test("a control group that is shared with the parent, as cron's is, says nothing about the run", async () => {
  proc.write("sys/fs/cgroup/cgroup.controllers", "cpu\n");
  proc.put(40, { parent: 1, startTicks: 1, group: "/system.slice/cron.service" });
  proc.put(50, { parent: 40, startTicks: 100_000, group: "/system.slice/cron.service", cpuTicks: 100 });
  proc.write("sys/fs/cgroup/system.slice/cron.service/cgroup.procs", "40\n50\n");
  proc.write("sys/fs/cgroup/system.slice/cron.service/cpu.stat", "usage_usec 99000000\n");
  runs.track("a", 50, base);
  await lookAfter(5);
  expect(runs.finish("a")).toMatchObject({ cpuSeconds: 1 });
});

test("past the limit of runs the oldest is no longer followed", () => {
  proc.put(50, { startTicks: 100_000 });
  for (let run = 0; run <= 2000; run++) runs.track(`run-${run}`, 50, base);
  expect(runs.finish("run-0")).toBeNull();
  expect(runs.finish("run-2000")).not.toBeNull();
});
