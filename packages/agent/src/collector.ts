import type { Computer, Micros, OsProcessColumns, SeriesDescription } from "@culprit/protocol";
import type { CollectSettings } from "./collect-settings.ts";
import type { FileSystems } from "./file-systems.ts";
import type { HeldFiles } from "./held-files.ts";
import type { OsProcessTable } from "./os-processes/os-process-table.ts";
import type { Roots } from "./roots.ts";
import type { RunUsage } from "./run-usage.ts";

/** One source of measurements: a file in `collectors/`. */
export interface Collector {
  /** For the agent's own metrics and its log. */
  readonly name: string;
  /** How often it is asked, on whole multiples of the clock. */
  readonly everySeconds: number;
  /** May throw and may be slow: the loop counts it and the other collectors go on. */
  collect(moment: Moment): Collected | Promise<Collected>;
}

export type Moment = {
  /** The tick that all collectors share. */
  readonly at: Micros;
  /** For differences: never goes back. */
  readonly monotonicSeconds: number;
};

export type Collected = {
  readings?: Reading[];
  osProcesses?: OsProcessColumns;
  computer?: Computer;
};

/**
 * A gauge's value, or a counter's running total, which the loop turns into increments. A counter with `intervalSeconds` is
 * an increment over that time already.
 */
export type Reading = SeriesDescription & { value: number; intervalSeconds?: number };

/** What a collector is made from. */
export type CollectorContext = {
  readonly roots: Roots;
  readonly settings: CollectSettings;
  readonly agentVersion: string;
  readonly files: HeldFiles;
  readonly fileSystems: FileSystems;
  readonly osProcesses: OsProcessTable;
  readonly runUsage: RunUsage;
};

export type CollectorFactory = (context: CollectorContext) => Collector;
