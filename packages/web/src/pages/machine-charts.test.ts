import { expect, it } from "vitest";
import type { Series } from "@culprit/protocol";
import { busyShare } from "../ui/machine-shares.ts";
import { chartCsv, chartsOf, stepFor } from "./machine-charts.ts";

const series = (metric: string, attributes: Record<string, string>, values: (number | null)[]): Series => ({
  machine: "db1",
  machineId: "m_1",
  metric,
  attributes,
  unit: "1",
  times: values.map((_, index) => index * 1000),
  values,
});

it("a metric that is not measured makes no chart", () => {
  expect(chartsOf([]).length).toBe(0);
  expect(chartsOf([series("system.linux.pressure", { resource: "io", stall: "full" }, [1])])).toEqual([]);
});

it("CPU modes stack in a fixed order and idle is left out", () => {
  const modes = ["idle", "system", "user"].map((mode) =>
    series("system.cpu.utilization", { "cpu.mode": mode }, [0.1]),
  );
  expect(chartsOf(modes)[0]?.lines.map(({ name }) => name)).toEqual(["user", "system"]);
});

it("traffic of all disks is one line each way, and a time that none of them has stays a gap", () => {
  const disks = [
    series("system.disk.io", { "system.device": "sda", "disk.io.direction": "read" }, [1, null, 3]),
    series("system.disk.io", { "system.device": "sdb", "disk.io.direction": "read" }, [10, null, null]),
  ];
  expect(chartsOf(disks)[0]?.lines).toEqual([
    { name: "Read", times: [0, 1000, 2000], values: [11, null, 3] },
  ]);
});

it("the loopback interface is no network", () => {
  const lo = { "network.interface.name": "lo", "network.io.direction": "receive" };
  expect(chartsOf([series("system.network.io", lo, [5])])).toEqual([]);
});

it("of many users those with most have a line, the rest is one, and who did nothing has none", () => {
  const users = Array.from({ length: 12 }, (_, user) =>
    series("culprit.user.cpu.time", { "user.name": `u${user}` }, [user, null]),
  );
  const others = series("culprit.user.cpu.time", { "user.name": "(others)" }, [5, 6]);
  const lines = chartsOf([...users, others])[0]!.lines;
  expect(lines.map(({ name }) => name)).toEqual([
    ...[11, 10, 9, 8, 7, 6, 5, 4].map((user) => `u${user}`),
    "all others",
  ]);
  expect(lines.at(-1)!.values).toEqual([5 + 3 + 2 + 1, 6]);
  const children = series("culprit.os_process.short_lived.cpu.time", { "process.parent.name": "make" }, [1]);
  expect(chartsOf([children])[0]!.lines[0]!.name).toBe("short-lived children of make");
});

it("a table of a chart has a column per line and a row per time", () => {
  const lines = [
    { name: "a", times: [0, 1000], values: [1, 2] },
    { name: "b", times: [1000, 2000], values: [3, null] },
  ];
  expect(chartCsv({ lines })).toEqual({
    header: ["Time", "a", "b"],
    rows: [
      ["1970-01-01T00:00:00.000Z", 1],
      ["1970-01-01T00:00:01.000Z", 2, 3],
      ["1970-01-01T00:00:02.000Z", null, null],
    ],
  });
});

it("steps are as fine as samples on an hour and grow with the span", () => {
  expect(stepFor(3_600_000)).toBe(20);
  expect(stepFor(600_000)).toBe(10);
  expect(stepFor(7 * 86_400_000)).toBe(3600);
});

it("idle and waiting do not count as busy", () => {
  const modes = { user: 0.2, system: 0.1, iowait: 0.5, idle: 0.2 };
  const all = Object.entries(modes).map(([mode, share]) =>
    series("system.cpu.utilization", { "cpu.mode": mode }, [share]),
  );
  expect(busyShare(all).values[0]).toBeCloseTo(0.3);
});
