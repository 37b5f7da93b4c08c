/** Which charts a machine's page shows, made of the series that the hub has of it. A metric that is not there makes no chart. */
import type { Series } from "@culprit/protocol";
import type { CsvCell, SeriesLine } from "@culprit/charts";
export type MachineChart = {
  key: string;
  title: string;
  unit: string;
  stacked?: boolean;
  max?: number;
  lines: SeriesLine[];
};
export declare const machineMetrics: readonly [
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
];
export declare function chartsOf(series: readonly Series[]): MachineChart[];
/** Steps of a chart: about 300 over its span of milliseconds, not finer than samples are. */
export declare function stepFor(spanMillis: number): number;
/** A column per line, a row per time that any line has. */
export declare function chartCsv({ lines }: Pick<MachineChart, "lines">): {
  header: string[];
  rows: CsvCell[][];
};
