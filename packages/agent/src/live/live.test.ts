import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { liveLook, liveMost } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { FileSystems, type FileSystemList } from "../file-systems.ts";
import { ManualClock } from "../manual-clock.ts";
import { OsProcessTable } from "../os-processes/os-process-table.ts";
import { systemRoots } from "../roots.ts";
import { WrittenProc } from "../testing/written-proc.ts";
import { Live } from "./live.ts";

let proc: WrittenProc;
let clock: ManualClock;
let opened: number;
let live: Live;
let list: () => Promise<FileSystemList>;

beforeEach(() => {
  proc = new WrittenProc();
  clock = new ManualClock(1_000_001_000_000_000);
  opened = 0;
  list = async () => ({ fileSystems: [], silent: [] });
  proc.write("proc/net/dev", network(1000, 2000));
  proc.write(
    "proc/diskstats",
    "   8       0 sda 10 0 100 0 20 0 200 0 0 500 0\n   8 1 sda1 1 0 1 0 1 0 1 0 0 1 0\n",
  );
  proc.write("sys/block/sda/dev", "8:0\n");
  proc.write("proc/loadavg", "0.50 0.40 0.30 1/91 8439\n");
  proc.put(10, { name: "idle-one", rssPages: 500 });
  proc.put(11, { name: "busy-one", cpuTicks: 100, io: { readBytes: 0, writeBytes: 1000 } });
  live = new Live({
    roots: proc.roots,
    clock,
    fileSystems: { list: () => list() },
    openTable: () => {
      opened++;
      return new OsProcessTable(proc.roots, { keepsOpen: false });
    },
    signal: new AbortController().signal,
  });
});

afterEach(() => {
  live.close();
  proc.remove();
});

const pressure = (stalled: number) =>
  `some avg10=0.00 avg60=0.00 avg300=0.00 total=${stalled}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`;

const network = (received: number, sent: number) =>
  `Inter-|\n face |\n    lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n  eth0: ${received} 1 0 0 0 0 0 0 ${sent} 1 0 0 0 0 0 0\n`;

async function lookAfter(seconds: number) {
  const look = live.look();
  await clock.advance(seconds);
  return liveLook.parse(JSON.parse(JSON.stringify(await look)));
}

test("the first look waits a moment for something to compare with, the next ones compare with the last", async () => {
  proc.write("proc/pressure/io", pressure(1_000_000));
  expect((await lookAfter(0.15)).spanSeconds).toBeCloseTo(0.15);
  await clock.advance(2);
  proc.write("proc/pressure/io", pressure(1_500_000));
  proc.write("proc/stat", "cpu  31 0 11 51 10 0 0 0 0 0\ncpu0 30 0 10 50 10 0 0 0 0 0\nbtime 1000000000\n");
  proc.write("proc/net/dev", network(5000, 4000));
  proc.write("proc/diskstats", "   8       0 sda 14 0 120 0 20 0 240 0 0 1500 0\n");
  proc.put(11, { name: "busy-one", cpuTicks: 300, io: { readBytes: 0, writeBytes: 9000 } });
  proc.put(12, { name: "new-one", cpuTicks: 50 });
  const look = await lookAfter(0);
  expect(look.spanSeconds).toBeCloseTo(2);
  expect(look.cpu?.busyShare).toBeCloseTo(0.4);
  expect(look.cpu?.modeShares.iowait).toBeCloseTo(0.1);
  expect(look.network).toEqual([{ name: "eth0", receiveBytesPerSecond: 2000, transmitBytesPerSecond: 1000 }]);
  expect(look.disks).toEqual([
    {
      name: "sda",
      busyShare: 0.5,
      readBytesPerSecond: 5120,
      writeBytesPerSecond: 10_240,
      operationsPerSecond: 2,
    },
  ]);
  expect(look.load).toEqual({ oneMinute: 0.5, fiveMinutes: 0.4, fifteenMinutes: 0.3 });
  expect(look.uptimeSeconds).toBe(1000);
  expect(look.pressure).toEqual({ io: { someShare: 0.25, fullShare: 0 } });
  const { count, top } = look.osProcesses!;
  expect(count).toBe(3);
  expect(top.map(({ name }) => name)).toEqual(["busy-one", "new-one", "idle-one"]);
  expect(top[0]).toMatchObject({ cpuPercent: 100, ioWriteBytesPerSecond: 4000, user: "root" });
});

test("however many ask, there is one look a second", async () => {
  const [one, other] = [live.look(), live.look()];
  await clock.advance(0.15);
  expect(await one).toBe(await other);
  await clock.advance(0.9);
  expect(await live.look()).toBe(await one);
  await clock.advance(0.2);
  expect(await live.look()).not.toBe(await one);
  expect(opened).toBe(1);
});

test("what watching took is given back when nobody has asked for half a minute", async () => {
  await lookAfter(0.15);
  await clock.advance(31);
  expect((await lookAfter(0.15)).spanSeconds).toBeCloseTo(0.15);
  expect(opened).toBe(2);
});

test("a part that can't be read is left out, and a file system that hangs holds nothing up", async () => {
  proc.write("proc/diskstats", "nothing that a kernel says\n");
  proc.write("proc/net/dev", "");
  proc.write("proc/meminfo", "MemFree: 5 kB\n");
  list = () => new Promise(() => undefined);
  const look = await lookAfter(0.5);
  expect(look).toMatchObject({ memory: null, disks: [], network: [], fileSystems: null, pressure: null });
  expect(look.osProcesses?.count).toBe(2);
});

test("of many processes the busiest and the largest are told, cleaned of what a terminal would act on", async () => {
  for (let pid = 100; pid < 150; pid++) proc.put(pid, { rssPages: pid });
  await lookAfter(0.15);
  proc.put(200, { name: "evil\u001b[2J", cpuTicks: 50 });
  await clock.advance(1);
  const { count, top } = (await lookAfter(0)).osProcesses!;
  expect(count).toBe(53);
  expect(top).toHaveLength(liveMost.osProcesses);
  expect(top[0]!.name).toBe("evil?[2J");
  expect(top.slice(1, 4).map(({ pid }) => pid)).toEqual([10, 149, 148]);
});

test("of this machine: a process that spins is seen as busy within half a second, and no descriptor stays open", async () => {
  const spinning = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
  const real = new Live({
    roots: systemRoots,
    clock: systemClock,
    fileSystems: new FileSystems({ roots: systemRoots, clock: systemClock }),
    openTable: () => new OsProcessTable(systemRoots, { keepsOpen: false }),
    signal: new AbortController().signal,
  });
  try {
    const open = readdirSync("/proc/self/fd").length;
    const started = performance.now();
    const look = liveLook.parse(JSON.parse(JSON.stringify(await real.look())));
    expect(performance.now() - started).toBeLessThan(1000);
    expect(look.memory!.usedBytes).toBeGreaterThan(0);
    expect(look.fileSystems!.length).toBeGreaterThan(0);
    expect(look.osProcesses!.top.some(({ pid }) => pid === spinning.pid)).toBe(true);
    expect(readdirSync("/proc/self/fd").length).toBe(open);
  } finally {
    real.close();
    spinning.kill("SIGKILL");
  }
});
