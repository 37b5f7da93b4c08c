import type { Series } from "@culprit/protocol";
import { expect, test } from "vitest";
import { historyRecord, recordsOf } from "./record.ts";
import { Summary } from "./summary.ts";

function series(metric: string, attributes: Record<string, string>, ...values: (number | null)[]): Series {
  const times = values.map((_, index) => index * 60_000);
  return { machine: "db-1", machineId: "m_1", metric, attributes, unit: "1", times, values };
}

test("a step's record holds the busiest disk, the worst pressure, all traffic, and null for what is not known", () => {
  const [first, second, ...more] = recordsOf(
    [
      series("system.cpu.utilization", { "cpu.mode": "user" }, 0.5, 0.9),
      series("system.cpu.utilization", { "cpu.mode": "system" }, 0.1, 0.2),
      series("system.cpu.utilization", { "cpu.mode": "iowait" }, 0.3, 0),
      series("system.cpu.utilization", { "cpu.mode": "user", "cpu.logical_number": "0" }, 1, 1),
      series("system.paging.usage", { "system.paging.state": "used" }, 1024, null),
      series("system.paging.usage", { "system.paging.state": "free" }, 3072, 4096),
      series("system.linux.pressure", { resource: "io", stall: "some" }, 0.2, null),
      series("system.linux.pressure", { resource: "io", stall: "full" }, 0.9, null),
      series("system.linux.pressure", { resource: "cpu", stall: "some" }, 0.4, null),
      series("system.disk.io_time", { "system.device": "sda" }, 1.02, null),
      series("system.disk.io_time", { "system.device": "sdb" }, 0.1, null),
      series("system.disk.io", { "disk.io.direction": "read", "system.device": "sda" }, 100, null),
      series("system.disk.io", { "disk.io.direction": "read", "system.device": "sdb" }, 50, null),
      series("system.linux.load", { "load.period": "1m" }, 3, null),
      series("system.linux.load", { "load.period": "15m" }, 9, null),
    ],
    60,
  );
  expect(more).toEqual([]);
  expect(historyRecord.parse(first)).toMatchObject({
    machine: "db-1",
    at: "1970-01-01T00:00:00.000000Z",
    stepSeconds: 60,
    cpuShare: 0.6,
    swapShare: 0.25,
    pressureShare: 0.4,
    diskBusyShare: 1,
    diskReadBytesPerSecond: 150,
    diskWriteBytesPerSecond: null,
    loadOneMinute: 3,
  });
  // Of two modes averaged apart the sum may pass one.
  expect(second).toMatchObject({ cpuShare: 1, swapShare: null, pressureShare: null });
});

test("averages are weighted by the time that a record covers", () => {
  const records = [
    ...recordsOf([series("system.memory.utilization", {}, 0.2, 0.4)], 60),
    ...recordsOf([{ ...series("system.memory.utilization", {}, 0.9), times: [120_000] }], 240),
  ];
  const summary = new Summary("db-1");
  for (const record of records) summary.add(record);
  const { from, to, figures } = summary.result(String);
  expect([from, to]).toEqual(["0", "360000000"]);
  expect(figures.memoryShare).toEqual({ average: 0.7, lowest: 0.2, highest: 0.9, newest: 0.9 });
  expect(figures.cpuShare).toBeUndefined();
});
