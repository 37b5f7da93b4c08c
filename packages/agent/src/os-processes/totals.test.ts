import { appendFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Reading } from "../collector.ts";
import { WrittenProc } from "../testing/written-proc.ts";
import { AccountingFile } from "./accounting-file.ts";
import { OsProcessReport } from "./report.ts";
import { OsProcessTable } from "./os-process-table.ts";
import { ShortLived } from "./short-lived.ts";
import { SumsByName } from "./sums-by-name.ts";
import { UserTotals } from "./user-totals.ts";

const second = 1_000_000;
const base = 1_000_001_000;
let proc: WrittenProc;
let table: OsProcessTable;
let users: UserTotals;
let shortLived: ShortLived;
let report: OsProcessReport;

beforeEach(() => {
  proc = new WrittenProc();
  table = new OsProcessTable(proc.roots);
  users = new UserTotals(table);
  const settings = { busyCpuSeconds: 0.5, busyIoBytes: 1e6 };
  report = new OsProcessReport({ table, settings, memoryBytes: 1e9, users });
  proc.write("var/log/account/pacct", record({ pid: 5, command: "before" }));
  shortLived = new ShortLived(table, new AccountingFile(proc.roots));
  proc.put(1, { name: "init", parent: 0 });
  proc.put(10, { name: "make" });
});

afterEach(() => {
  table.close();
  proc.remove();
});

/** A record of version 3, little-endian; times in ticks of 1/100 s. */
function record(given: { pid: number; command: string; startSeconds?: number; cpuTicks?: number }): Buffer {
  const bytes = Buffer.alloc(64);
  bytes[1] = 3;
  bytes.writeUInt32LE(given.pid, 16);
  bytes.writeUInt32LE(base + (given.startSeconds ?? 0), 24);
  bytes.writeUInt16LE(given.cpuTicks ?? 0, 32);
  bytes.write(given.command, 48, 15);
  return bytes;
}

const account = (...records: Buffer[]) =>
  appendFileSync(join(proc.folder, "var/log/account/pacct"), Buffer.concat(records));

function look(at: number, kind: "all" | "busy" = "busy"): Record<string, number> {
  const moment = { at: (base + at) * second, monotonicSeconds: 50 + at };
  table.look(moment);
  if (at === 0) {
    users.start(moment);
    shortLived.start(moment);
    return {};
  }
  users.note();
  shortLived.note();
  report.rows(kind, moment);
  if (kind === "busy") return {};
  const readings = [...shortLived.readings(moment), ...users.readings(moment)];
  return Object.fromEntries(readings.map((reading) => [keyOf(reading), reading.value]));
}

const keyOf = ({ metric, attributes }: Reading) =>
  `${metric.replace("culprit.", "").replace("os_process.", "")} ${Object.values(attributes).join(" ")}`;

test("a process that ended before it had a row is counted by its name, with the CPU time that a look saw", () => {
  look(0);
  proc.put(20, { name: "cc", startTicks: 100_200, cpuTicks: 30, parent: 10 });
  proc.put(21, { name: "cc", startTicks: 100_300, cpuTicks: 10, parent: 10 });
  look(5);
  proc.end(20);
  proc.end(21);
  proc.put(10, { waitedTicks: 40 });
  look(10);
  expect(look(60, "all")).toMatchObject({ "short_lived.count cc": 2, "short_lived.cpu.time cc": 0.4 });
  expect(look(120, "all")).toMatchObject({ "short_lived.count cc": 0, "short_lived.cpu.time cc": 0 });
});

test("CPU time of children that no look saw is told under their parent, and that of those seen is not told twice", () => {
  look(0);
  proc.put(20, { name: "cc", startTicks: 100_200, cpuTicks: 100, parent: 10 });
  look(5);
  proc.end(20);
  proc.put(10, { waitedTicks: 100 + 250 });
  const told = look(60, "all");
  // What `cc` did has its row of the look at 5 s.
  expect(told).toMatchObject({ "short_lived.cpu.time make": 2.5 });
  expect(told["short_lived.count cc"]).toBeUndefined();
});

test("a child that is waited for after the look at its parent is not taken for an unseen one", () => {
  look(0);
  proc.put(20, { name: "cc", startTicks: 100_200, cpuTicks: 100, parent: 10 });
  look(5);
  proc.end(20);
  look(10);
  proc.put(10, { waitedTicks: 100 });
  expect(look(60, "all")["short_lived.cpu.time make"]).toBeUndefined();
});

test("a child whose parent ended with it is nobody's unseen child, whoever waited for it", () => {
  proc.put(20, { name: "sh", parent: 10 });
  proc.put(30, { name: "job", parent: 20, cpuTicks: 500 });
  look(0);
  proc.end(20);
  proc.end(30);
  proc.put(1, { waitedTicks: 500 });
  const told = look(60, "all");
  expect(Object.keys(told).filter((key) => key.startsWith("short_lived.cpu.time init"))).toEqual([]);
});

test("a child whose parent ended with it is taken off once, so that what other ancestors got of unseen ones is told", () => {
  proc.put(20, { name: "sh", parent: 10 });
  proc.put(30, { name: "job", parent: 20, cpuTicks: 500 });
  look(0);
  proc.end(20);
  proc.end(30);
  // `make` got its shell's time with the job's, init that of a child that came and went.
  proc.put(10, { waitedTicks: 500 });
  proc.put(1, { waitedTicks: 300 });
  const told = look(60, "all");
  expect(told).toMatchObject({ "short_lived.cpu.time init": 3 });
  expect(told["short_lived.cpu.time make"]).toBeUndefined();
});

test("what a process did after its last row is told when it has ended, and that it lived long is no count", () => {
  proc.put(20, { name: "backup", parent: 1 });
  look(0);
  look(60, "all");
  proc.put(20, { cpuTicks: 40 });
  look(65);
  proc.end(20);
  expect(look(120, "all")).toMatchObject({
    "short_lived.count backup": 0,
    "short_lived.cpu.time backup": 0.4,
  });
});

test("where processes are accounted, those that no look saw are counted by name, and their parents tell nothing", () => {
  look(0);
  proc.put(20, { name: "cc", startTicks: 100_200, cpuTicks: 100, parent: 10 });
  look(5);
  proc.end(20);
  proc.put(10, { waitedTicks: 100 + 50 + 3 + 250 });
  account(
    record({ pid: 20, command: "cc", startSeconds: 2, cpuTicks: 150 }),
    record({ pid: 20, command: "as", startSeconds: 30, cpuTicks: 250 }),
    record({ pid: 40, command: "true" }),
    record({ pid: 41, command: "true", cpuTicks: 3 }),
  );
  const told = look(60, "all");
  expect(told).toMatchObject({
    "short_lived.count as": 1,
    "short_lived.cpu.time as": 2.5,
    "short_lived.count true": 2,
    "short_lived.cpu.time true": 0.03,
    "short_lived.count cc": 0,
    "short_lived.cpu.time cc": 0.5,
  });
  expect(told["short_lived.cpu.time make"]).toBeUndefined();
  expect(told["short_lived.count before"]).toBeUndefined();
});

test("an accounting file that is replaced, or cut within a record, loses and repeats nothing", () => {
  const file = new AccountingFile(proc.roots);
  const commands = () => file.read().records.map(({ command }) => command);
  const [one, other] = [record({ pid: 7, command: "one" }), record({ pid: 8, command: "other" })];
  account(one, other.subarray(0, 20));
  expect(commands()).toEqual(["one"]);
  account(other.subarray(20));
  expect(commands()).toEqual(["other"]);
  expect(commands()).toEqual([]);
  proc.write("var/log/account/new", Buffer.concat([one, one]));
  renameSync(join(proc.folder, "var/log/account/new"), join(proc.folder, "var/log/account/pacct"));
  expect(commands()).toEqual(["one", "one"]);
  rmSync(join(proc.folder, "var/log/account/pacct"));
  expect(commands()).toEqual([]);
});

test("a user's totals are those of all its processes, also of those that ended", () => {
  proc.put(20, { name: "backup", parent: 1, io: { readBytes: 100, writeBytes: 0 } });
  look(0);
  proc.put(20, { cpuTicks: 40, io: { readBytes: 600, writeBytes: 7 } });
  proc.put(10, { cpuTicks: 100 });
  look(5);
  proc.end(20);
  const user = table.userOf(table.byPid.get(10)!);
  expect(look(60, "all")).toMatchObject({
    [`user.cpu.time ${user}`]: 1.4,
    [`user.disk.io ${user} read`]: 500,
    [`user.disk.io ${user} write`]: 7,
    [`user.processes ${user}`]: 2,
    [`user.memory.usage ${user}`]: 2 * 10 * 4096,
  });
});

test("a user whose processes may not all be asked for their I/O has no sum of it", () => {
  proc.put(20, { io: "none", cpuTicks: 5 });
  look(0);
  proc.put(20, { cpuTicks: 7 });
  const told = look(60, "all");
  expect(Object.keys(told).some((key) => key.startsWith("user.disk.io"))).toBe(false);
  expect(Object.keys(told).some((key) => key.startsWith("user.cpu.time"))).toBe(true);
});

test("no more than so many names have sums of their own, those with most first, and the rest is one", () => {
  const sums = new SumsByName(["count"], { most: 2, mostPending: 4 });
  for (const [name, count] of Object.entries({ a: 1, b: 3, c: 2, d: 1, e: 9 })) sums.add(name, { count });
  expect([...sums.take(0)]).toEqual([
    ["b", { count: 3 }],
    ["c", { count: 2 }],
    ["(others)", { count: 11 }],
  ]);
  sums.add("z", { count: 100 });
  expect([...sums.take(60)]).toEqual([
    ["b", { count: 0 }],
    ["c", { count: 0 }],
    ["(others)", { count: 100 }],
  ]);
  sums.add("z", { count: 5 });
  expect([...sums.take(6 * 3600 + 100).keys()]).toEqual(["z", "(others)"]);
});
