/** Which charts a machine's page shows, made of the series that the hub has of it. A metric that is not there makes no chart. */
import type { Series } from "@culprit/protocol";
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

/** Bottom to top of a stack. */
const cpuModes = ["user", "system", "nice", "irq", "steal", "iowait"];
const memoryStates = ["used", "buffers", "cached"];

export function chartsOf(series: readonly Series[]): MachineChart[] {
  const of = (metric: (typeof machineMetrics)[number]) => series.filter((one) => one.metric === metric);
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
      lines: each(
        of("system.paging.usage").filter(({ attributes }) => !Object.values(attributes).includes("free")),
      ),
    },
    {
      key: "file-systems",
      title: m.metric_file_system_share(),
      unit: "1",
      max: 1,
      lines: each(of("system.filesystem.utilization")),
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
