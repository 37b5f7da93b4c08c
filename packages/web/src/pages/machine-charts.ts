/** Which charts a machine's page shows, made of the series that the hub has of it. A metric that is not there makes no chart. */
import { groupedName, type Series } from "@culprit/protocol";
import type { CsvCell, SeriesLine } from "@culprit/charts";
import { m } from "@culprit/messages";
import { combined } from "../ui/machine-shares.ts";
import { attributeText } from "../ui/metric-names.ts";

export type MachineChart = {
  key: string;
  title: string;
  unit: string;
  stacked?: boolean;
  max?: number;
  lines: SeriesLine[];
};

export const machineMetrics = [
  "system.cpu.utilization",
  "system.linux.pressure",
  "system.memory.usage",
  "system.disk.io",
  "system.network.io",
  "system.linux.load",
  "system.linux.run_queue.length",
  "system.paging.usage",
  "system.filesystem.utilization",
  "culprit.agent.cpu.time",
  "culprit.agent.memory.usage",
] as const;

/** By user and by name, which may be many: asked for apart, so that the rest is there without them. */
export const machineShareMetrics = [
  "culprit.user.cpu.time",
  "culprit.user.memory.usage",
  "culprit.user.disk.io",
  "culprit.os_process.short_lived.count",
  "culprit.os_process.short_lived.cpu.time",
] as const;

type Metric = (typeof machineMetrics | typeof machineShareMetrics)[number];

const mostLines = 8;

/** Bottom to top of a stack. */
const cpuModes = ["user", "system", "nice", "irq", "steal", "iowait"];
const memoryStates = ["used", "buffers", "cached"];

export function chartsOf(series: readonly Series[]): MachineChart[] {
  const of = (metric: Metric) => series.filter((one) => one.metric === metric);
  const charts: MachineChart[] = [
    {
      key: "cpu",
      title: m.metric_cpu(),
      unit: "1",
      stacked: true,
      max: 1,
      lines: ordered(of("system.cpu.utilization"), "cpu.mode", cpuModes),
    },
    {
      key: "pressure",
      title: m.metric_pressure(),
      unit: "1",
      lines: each(of("system.linux.pressure").filter(({ attributes }) => attributes["stall"] === "some")),
    },
    {
      key: "memory",
      title: m.metric_memory(),
      unit: "By",
      stacked: true,
      lines: ordered(of("system.memory.usage"), "system.memory.state", memoryStates),
    },
    {
      key: "disk-io",
      title: m.metric_disk_io(),
      unit: "By/s",
      lines: summed(of("system.disk.io"), "disk.io.direction"),
    },
    {
      key: "network",
      title: m.metric_network(),
      unit: "By/s",
      lines: summed(
        of("system.network.io").filter(({ attributes }) => attributes["network.interface.name"] !== "lo"),
        "network.io.direction",
      ),
    },
    {
      key: "load",
      title: m.metric_load(),
      unit: "",
      lines: each([...of("system.linux.load"), ...of("system.linux.run_queue.length")]),
    },
    {
      key: "swap",
      title: m.metric_swap(),
      unit: "By",
      // A machine without swap has a line at zero.
      lines: each(
        of("system.paging.usage").filter(
          ({ attributes, values }) =>
            !Object.values(attributes).includes("free") &&
            values.some((value) => value !== null && value > 0),
        ),
      ),
    },
    {
      key: "file-systems",
      title: m.metric_file_system_share(),
      unit: "1",
      max: 1,
      lines: each(of("system.filesystem.utilization")),
    },
    {
      key: "users-cpu",
      title: m.chart_users_cpu(),
      unit: "{core}",
      stacked: true,
      lines: largest(of("culprit.user.cpu.time")),
    },
    {
      key: "users-memory",
      title: m.chart_users_memory(),
      unit: "By",
      stacked: true,
      lines: largest(of("culprit.user.memory.usage")),
    },
    {
      key: "users-disk",
      title: m.chart_users_disk(),
      unit: "By/s",
      lines: largest(of("culprit.user.disk.io")),
    },
    {
      key: "short-lived",
      title: m.metric_short_lived(),
      unit: "{process}/s",
      lines: largest(of("culprit.os_process.short_lived.count")),
    },
    {
      key: "short-lived-cpu",
      title: m.metric_short_lived_cpu(),
      unit: "{core}",
      lines: largest(of("culprit.os_process.short_lived.cpu.time")),
    },
    { key: "agent-cpu", title: m.metric_agent_cpu(), unit: "1", lines: each(of("culprit.agent.cpu.time")) },
    {
      key: "agent-memory",
      title: m.metric_agent_memory(),
      unit: "By",
      lines: each(of("culprit.agent.memory.usage")),
    },
  ];
  return charts.filter(({ lines }) => lines.length > 0);
}

/** Steps of a chart: about 300 over its span of milliseconds, not finer than samples are. */
export function stepFor(spanMillis: number): number {
  const steps = [10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600];
  return steps.find((step) => step >= spanMillis / 1000 / 300) ?? steps.at(-1)!;
}

/** A column per line, a row per time that any line has. */
export function chartCsv({ lines }: Pick<MachineChart, "lines">): { header: string[]; rows: CsvCell[][] } {
  const rows = new Map<number, CsvCell[]>();
  for (const [column, { times, values }] of lines.entries()) {
    for (const [index, time] of times.entries()) {
      let row = rows.get(time);
      if (!row) rows.set(time, (row = [new Date(time).toISOString()]));
      row[column + 1] = values[index] ?? null;
    }
  }
  const sorted = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([, row]) => Array.from(row, (cell) => cell ?? null));
  return { header: [m.time(), ...lines.map(({ name }) => name)], rows: sorted };
}

function each(series: readonly Series[]): SeriesLine[] {
  return series.map(({ metric, attributes, times, values }) => ({
    name:
      attributeText(attributes) ||
      (metric === "system.linux.run_queue.length" ? m.metric_run_queue() : metric),
    times,
    values,
  }));
}

/** A line for each of those with the highest sums, and one for all others; none of those that were nothing all the time. */
function largest(series: readonly Series[]): SeriesLine[] {
  const sums = new Map(
    series.map((one) => [one, one.values.reduce<number>((sum, value) => sum + (value ?? 0), 0)]),
  );
  const some = series
    .filter((one) => sums.get(one)! > 0 && !Object.values(one.attributes).includes(groupedName))
    .toSorted((one, other) => sums.get(other)! - sums.get(one)!);
  const top = some.slice(0, mostLines);
  const rest = series.filter((one) => sums.get(one)! > 0 && !top.includes(one));
  if (rest.length === 0) return each(top);
  const line = combined(rest, (parts) => parts.reduce((sum, part) => sum + part, 0));
  return [...each(top), { name: attributeText({ name: groupedName }), ...line }];
}

/** The series whose attribute is one of `order`, in that order. */
function ordered(series: readonly Series[], attribute: string, order: readonly string[]): SeriesLine[] {
  return order.flatMap((value) => each(series.filter(({ attributes }) => attributes[attribute] === value)));
}

/** One line per value of an attribute: all disks, all interfaces together. */
function summed(series: readonly Series[], attribute: string): SeriesLine[] {
  const values = [...new Set(series.map(({ attributes }) => attributes[attribute] ?? ""))].sort();
  return values.map((value) => {
    const alike = series.filter(({ attributes }) => (attributes[attribute] ?? "") === value);
    const line = combined(alike, (parts) => parts.reduce((sum, part) => sum + part, 0));
    return { name: attributeText({ [attribute]: value }), ...line };
  });
}
