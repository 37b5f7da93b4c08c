import { readColumns, osProcessColumns, type OsProcessColumns } from "@culprit/protocol";
import { fc } from "@fast-check/vitest";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WrittenProc } from "../testing/written-proc.ts";
import { OsProcessReport } from "./report.ts";
import { OsProcessTable } from "./os-process-table.ts";
import { UserTotals } from "./user-totals.ts";

const second = 1_000_000;
/** By /proc/uptime the machine started at 1,000,000,000 s. */
const base = 1_000_001_000;
let proc: WrittenProc;
let table: OsProcessTable;
let report: OsProcessReport;

beforeEach(() => {
  proc = new WrittenProc();
  table = new OsProcessTable(proc.roots);
  const settings = { busyCpuSeconds: 0.05, busyIoBytes: 1000 };
  report = new OsProcessReport({ table, settings, memoryBytes: 1_024_000 * 1024 });
});

afterEach(() => {
  table.close();
  proc.remove();
});

function look(atSeconds: number, kind: "all" | "busy" = "busy") {
  proc.write("proc/uptime", `${1000 + atSeconds}.00 1.00\n`);
  const moment = { at: (base + atSeconds) * second, monotonicSeconds: 50 + atSeconds };
  table.look(moment);
  return rowsOf(report.rows(kind, moment));
}

function rowsOf(columns: OsProcessColumns) {
  expect(readColumns(osProcessColumns, columns)).toMatchObject({ badRows: new Map() });
  return columns.pid.map((pid, row) => ({
    at: columns.at[row]! / second - base,
    interval: columns.intervalSeconds[row]!,
    pid,
    name: columns.name[row]!,
    cpu: columns.cpuSeconds[row]!,
    total: columns.cpuTotalSeconds[row]!,
    read: columns.ioReadBytes[row]!,
    write: columns.ioWriteBytes[row]!,
    uid: columns.uid[row]!,
    rss: columns.rssBytes[row]!,
    startedAt: columns.startedAt[row]! / second - base,
    percent: columns.cpuPercent[row]!,
    waited: columns.runQueueSeconds[row]!,
  }));
}

test("what a process did before the first look is in nobody's row", () => {
  proc.put(10, { cpuTicks: 5000, io: { readBytes: 70_000, writeBytes: 0 } });
  expect(look(0)).toEqual([]);
  proc.put(10, { cpuTicks: 5100, io: { readBytes: 74_096, writeBytes: 512 } });
  expect(look(60, "all")).toMatchObject([
    { at: 60, interval: 60, cpu: 1, total: 51, read: 4096, write: 512, percent: 1.67 },
  ]);
});

test("a quiet process is only in the full table, a busy one in every look", () => {
  proc.put(10, {});
  proc.put(11, {});
  look(0);
  proc.put(11, { cpuTicks: 100 });
  expect(look(5)).toMatchObject([{ pid: 11, at: 5, interval: 5, cpu: 1, percent: 20 }]);
  proc.put(11, { cpuTicks: 104 });
  expect(look(10)).toEqual([]);
  expect(look(60, "all")).toMatchObject([
    { pid: 10, interval: 60, cpu: 0 },
    { pid: 11, interval: 55, cpu: expect.closeTo(0.04) as number },
  ]);
});

test("a process that becomes busy after a quiet time gets a row for each, so that its start is not smeared", () => {
  proc.put(10, { cpuTicks: 0 });
  look(0);
  proc.put(10, { cpuTicks: 3 });
  look(40);
  proc.put(10, { cpuTicks: 503, io: { readBytes: 9000, writeBytes: 1 }, rssPages: 99 });
  expect(look(45)).toMatchObject([
    { at: 40, interval: 40, cpu: 0.03, read: 0, rss: 10 * 4096 },
    { at: 45, interval: 5, cpu: 5, read: 9000, rss: 99 * 4096 },
  ]);
});

test("rows of one process never overlap and add up to its total, whatever the order of looks", () => {
  proc.put(10, { cpuTicks: 0 });
  look(0);
  let ticks = 0;
  const rows = [];
  for (let step = 1; step <= 36; step++) {
    ticks += step % 7 === 0 ? 40 * step : step % 3;
    proc.put(10, { cpuTicks: ticks, io: { readBytes: ticks * 30, writeBytes: ticks } });
    rows.push(...look(step * 5, step % 12 === 0 ? "all" : "busy"));
  }
  expect(rows.reduce((sum, { cpu }) => sum + cpu, 0)).toBeCloseTo(ticks / 100);
  expect(rows.reduce((sum, { read }) => sum + read, 0)).toBe(ticks * 30);
  let end = 0;
  for (const { at, interval } of rows) {
    expect(at - interval).toBeCloseTo(end);
    end = at;
  }
  expect(end).toBe(180);
});

test("a process that starts between looks counts from its own start", () => {
  look(0);
  proc.put(10, { startTicks: 100_300, cpuTicks: 150, io: { readBytes: 50, writeBytes: 0 } });
  expect(look(5)).toMatchObject([{ at: 5, interval: 2, cpu: 1.5, read: 50, startedAt: 3 }]);
});

test("a pid that is used again is another process, with another uid", () => {
  proc.put(10, { name: "first", cpuTicks: 9000 });
  look(0);
  const [first] = look(5, "all");
  proc.end(10);
  proc.put(10, { name: "second", startTicks: 100_600, cpuTicks: 100 });
  const [second] = look(10);
  expect(second).toMatchObject({ name: "second", cpu: 1, interval: 4 });
  expect(second!.uid).not.toBe(first!.uid);
  expect(second!.uid).toMatch(/^[0-9a-f]{16}$/);
});

test("a process that ends is gone, and its descriptor is given back", () => {
  proc.put(10, {});
  proc.put(11, {});
  look(0);
  proc.end(10);
  expect(look(60, "all").map(({ pid }) => pid)).toEqual([11]);
  expect(table.ended.map(({ pid, descriptor }) => [pid, descriptor])).toEqual([[10, null]]);
});

test("I/O that is not to be read is null, everything else is there", () => {
  proc.put(10, { io: "none", cpuTicks: 0 });
  look(0);
  proc.put(10, { io: "none", cpuTicks: 100 });
  expect(look(5)).toMatchObject([{ cpu: 1, read: null, write: null }]);
});

test("a child's I/O that was reported is not told again when its parent waits for it", () => {
  proc.put(10, {});
  proc.put(11, { parent: 10 });
  look(0);
  proc.put(11, { cpuTicks: 100, io: { readBytes: 50_000, writeBytes: 0 } });
  expect(look(5)).toMatchObject([{ pid: 11, read: 50_000 }]);
  proc.end(11);
  // The kernel has added the child's 50,000 and 2,000 more that nobody saw; the parent itself read 300.
  proc.put(10, { waitedTicks: 110, cpuTicks: 1, io: { readBytes: 52_300, writeBytes: 0 } });
  expect(look(10)).toMatchObject([
    { pid: 10, at: 5 },
    { pid: 10, at: 10, read: 2300 },
  ]);
});

test("the I/O of a process that stood still is not read again", () => {
  proc.put(10, { cpuTicks: 7 });
  look(0);
  proc.put(10, { io: { readBytes: 1_000_000, writeBytes: 0 } });
  expect(look(60, "all")).toMatchObject([{ read: 0 }]);
  proc.put(10, { cpuTicks: 8 });
  expect(look(65)).toMatchObject([{ read: 1_000_000, at: 65 }]);
});

test("a name with control characters or broken UTF-8 is cleaned", () => {
  proc.put(10, { name: Buffer.from([0x61, 0x0a, 0x29, 0x20, 0xff, 0x28]) });
  proc.put(11, { name: "" });
  proc.put(12, { name: "\u202eevil" });
  look(0);
  expect(look(60, "all").map(({ name }) => name)).toEqual(["a?) �(", "unnamed", "?evil"]);
});

test("a worker of the kernel keeps one name, whatever it works on", () => {
  proc.put(10, { name: "kworker/0:1-events", flags: 0x0420_8060 });
  look(0);
  expect(look(5, "all").map(({ name }) => name)).toEqual(["kworker/0:1"]);
});

test("what a process waited for a processor is told for the time of its row", () => {
  proc.put(10, { cpuTicks: 100, waited: 9_000_000_000 });
  look(0);
  proc.put(10, { cpuTicks: 200, waited: 10_250_000_000 });
  expect(look(5)).toMatchObject([{ cpu: 1, waited: 1.25 }]);
  proc.put(10, { cpuTicks: 250, waited: 10_750_000_000 });
  expect(look(10)).toMatchObject([{ cpu: 0.5, waited: 0.5 }]);
});

test("all threads' waits count, also of those that ended, and an id that is used again is another thread", () => {
  const waiting = (cpuTicks: number, waited: Record<number, number>) =>
    proc.put(10, { cpuTicks, threads: Object.keys(waited).length, waited });
  waiting(0, { 10: 1e9, 11: 2e9, 12: 3e9 });
  look(0);
  waiting(100, { 10: 1.5e9, 11: 2.5e9 });
  expect(look(5)).toMatchObject([{ waited: 1 }]);
  waiting(200, { 10: 1.75e9, 11: 0.25e9, 12: 0.5e9 });
  expect(look(10)).toMatchObject([{ waited: 1 }]);
});

test("what a process waited is null where its threads are too many to ask, or were when its last row was told", () => {
  proc.put(10, { threads: 1001, waited: 7e9 });
  look(0);
  proc.put(10, { cpuTicks: 100 });
  expect(look(5)).toMatchObject([{ cpu: 1, waited: null }]);
  proc.put(10, { cpuTicks: 200, threads: 1, waited: 8e9 });
  expect(look(10)).toMatchObject([{ cpu: 1, waited: null }]);
  proc.put(10, { cpuTicks: 300, waited: 9e9 });
  expect(look(15)).toMatchObject([{ cpu: 1, waited: 1 }]);
});

test("a kernel that counts no waits is not asked for them", () => {
  proc.write("proc/self/schedstat", "0 0 0\n");
  table.close();
  table = new OsProcessTable(proc.roots);
  report = new OsProcessReport({
    table,
    settings: { busyCpuSeconds: 0.05, busyIoBytes: 1000 },
    memoryBytes: 1e9,
  });
  proc.put(10, { waited: 5e9 });
  look(0);
  proc.put(10, { cpuTicks: 100, waited: 6e9 });
  expect(look(5)).toMatchObject([{ cpu: 1, waited: null }]);
});

test("command lines are told only by a table that may, and follow a program that becomes another", () => {
  proc.put(10, { name: "sh", command: ["sh", "-c", "run S3cret"] });
  look(0);
  expect(report.rows("all", { at: (base + 5) * second, monotonicSeconds: 55 }).arguments).toEqual([null]);
  table.close();
  table = new OsProcessTable(proc.roots, { tellsArguments: true });
  report = limited(10);
  look(10);
  proc.put(10, { name: "app", command: ["/bin/app", "--port=80", "--token=S3cret"] });
  const moment = { at: (base + 15) * second, monotonicSeconds: 65 };
  table.look(moment);
  expect(report.rows("all", moment).arguments).toEqual(["/bin/app --port=80 --token=***"]);
});

function limited(osProcessLimit: number, users?: UserTotals) {
  const settings = { busyCpuSeconds: 0.05, busyIoBytes: 1000, osProcessLimit };
  return new OsProcessReport({ table, settings, memoryBytes: 1e9, ...(users ? { users } : {}) });
}

test("past the limit those that use most CPU, memory and I/O keep their rows, the rest is one", () => {
  for (let pid = 10; pid < 20; pid++) proc.put(pid, { rssPages: 5 });
  look(0);
  for (let pid = 10; pid < 20; pid++) proc.put(pid, { cpuTicks: pid });
  proc.put(11, { rssPages: 500 });
  proc.put(12, { io: { readBytes: 7000, writeBytes: 0 } });
  report = limited(3);
  const rows = look(60, "all");
  expect(rows.map(({ pid }) => pid)).toEqual([19, 11, 12, 0]);
  expect(rows[3]).toMatchObject({
    name: "(others)",
    interval: 60,
    cpu: expect.closeTo(1.03) as number,
    rss: 7 * 5 * 4096,
    read: 0,
  });
  expect(look(120, "all").at(-1)!.uid).toBe(rows[3]!.uid);
});

type Moved = { cpuTicks: number; rssPages: number; io: "none" | { readBytes: number; writeBytes: number } };

const process = fc.record({
  cpuTicks: fc.nat(500),
  rssPages: fc.nat(1000),
  io: fc.oneof(
    fc.constant("none" as const),
    fc.record({ readBytes: fc.nat(1_000_000), writeBytes: fc.nat(1_000_000), operations: fc.nat(100) }),
  ),
});

test("a limit changes no sum, whichever processes are above it and however busy they were between", () => {
  const looks = fc.array(
    fc.record({
      kind: fc.constantFrom("all", "busy"),
      moved: fc.array(process, { minLength: 5, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const sumsOf = (limit: number, given: readonly { kind: "all" | "busy"; moved: Moved[] }[]) => {
    proc.remove();
    proc = new WrittenProc();
    table.close();
    table = new OsProcessTable(proc.roots);
    report = limited(limit);
    for (let pid = 10; pid < 15; pid++) proc.put(pid, { io: "none" });
    look(0);
    const totals = new Map<number, Moved>();
    const sums = { cpu: 0, read: 0, write: 0, rss: 0 };
    for (const [at, { kind, moved }] of [...given, { kind: "all" as const, moved: [] }].entries()) {
      for (const [index, more] of moved.entries()) {
        const io = more.io === "none" ? (totals.get(index)?.io ?? "none") : more.io;
        const cpuTicks = (totals.get(index)?.cpuTicks ?? 0) + more.cpuTicks;
        totals.set(index, { ...more, cpuTicks, io });
        proc.put(10 + index, { ...more, cpuTicks, io });
      }
      const rows = look(5 + at * 5, kind);
      for (const row of rows) {
        sums.cpu += row.cpu;
        sums.read += row.read ?? 0;
        sums.write += row.write ?? 0;
      }
      if (kind === "all")
        sums.rss = rows.filter((row) => row.at === 5 + at * 5).reduce((sum, { rss }) => sum + rss, 0);
    }
    return { ...sums, cpu: Math.round(sums.cpu * 100) };
  };
  fc.assert(
    fc.property(looks, fc.integer({ min: 1, max: 6 }), (given, limit) => {
      expect(sumsOf(limit, given)).toEqual(sumsOf(5000, given));
    }),
    { numRuns: 6, seed: 5 },
  );
});
