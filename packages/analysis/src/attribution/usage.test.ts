import { expect, test } from "vitest";
import { diskCapacity, usageDemand, type RunUsage } from "./usage.ts";

const run: RunUsage = {
  seconds: 100,
  cpuSeconds: 150,
  peakCpuCores: 2,
  ioBytes: 50e6,
  peakIoBytesPerSecond: 1e6,
};
const machine = { cores: 4, ioBytesPerSecond: 10e6 };

test("demand is the peak in units of the machine, work is the sum in seconds of the whole machine", () => {
  expect(usageDemand(run, machine)).toEqual({
    cpu: { demand: 0.5, work: 37.5 },
    io: { demand: 0.1, work: 5 },
  });
});

test("a short burst does not stand for a long run", () => {
  const quiet = { ...run, cpuSeconds: 10, peakCpuCores: 4 };
  expect(usageDemand(quiet, machine).cpu.demand).toBeCloseTo(0.1);
});

test("without a peak the average stands for it, and a peak alone is taken as it is", () => {
  expect(usageDemand({ ...run, peakCpuCores: null }, machine).cpu.demand).toBe(0.375);
  expect(usageDemand({ ...run, cpuSeconds: null }, machine).cpu).toEqual({ demand: 0.5, work: NaN });
  expect(usageDemand({ ...run, seconds: 0 }, machine).cpu.demand).toBe(0.5);
});

test("what is not known is NaN, and no run asks for more than the machine", () => {
  expect(usageDemand(run, { cores: null, ioBytesPerSecond: 0 })).toEqual({
    cpu: { demand: NaN, work: NaN },
    io: { demand: NaN, work: NaN },
  });
  expect(usageDemand({ ...run, ioBytes: null, peakIoBytesPerSecond: null }, machine).io.demand).toBeNaN();
  expect(usageDemand({ ...run, cpuSeconds: 500, peakCpuCores: 5 }, machine).cpu.demand).toBe(1);
});

test("what no machine could have done in the time tells nothing, and a little too much is all of it", () => {
  const nothing = { demand: NaN, work: NaN };
  expect(usageDemand({ ...run, cpuSeconds: 1e18, ioBytes: 1e30 }, machine)).toEqual({
    cpu: nothing,
    io: nothing,
  });
  const all = machine.cores * run.seconds;
  expect(usageDemand({ ...run, cpuSeconds: 1.2 * all }, machine).cpu).toEqual({
    demand: 1,
    work: run.seconds,
  });
});

test("what a disk can do is told by the times it was busy, and by nothing else", () => {
  const idle = Array.from({ length: 50 }, () => 0.01);
  const busy = Array.from({ length: 12 }, (_, i) => 0.5 + i * 0.05);
  const bytes = [...idle.map(() => 5e6), ...busy.map((share) => 100e6 * Math.min(1, share))];
  expect(diskCapacity([...idle, ...busy], bytes)).toBeCloseTo(100e6);
  expect(diskCapacity(idle, bytes)).toBeNull();
});
