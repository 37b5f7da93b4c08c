import type { Micros, SeriesDescription } from "@culprit/protocol";

/** What series of several machines have in common. */
export type SeriesKind = Pick<SeriesDescription, "metric" | "attributes">;

export type MachineSeries = { machineId: number; description: SeriesDescription };

export type SeriesColumns = {
  seriesId: number;
  machineId: number;
  description: SeriesDescription;
  /** Start of each step that has data, with its mean (gauges) or rate per second (counters). */
  times: Float64Array;
  values: Float64Array;
};

/** `at` is the start of a step; `values` are in the order of the columns asked for. */
export type CombinedSeries = { machineId: Int32Array; at: Float64Array; values: readonly Float32Array[] };

export type SampleStore = {
  /** The series of some machines, all metrics if none is named. */
  described(
    machineIds: readonly number[],
    metrics?: readonly string[],
  ): Promise<{ seriesId: number; machineId: number; description: SeriesDescription }[]>;
  /** What kinds of series of these metrics the machines have, and how many machines have each. */
  kinds(
    machineIds: readonly number[],
    metrics: readonly string[],
  ): Promise<(SeriesKind & { machines: number })[]>;
  series(seriesIds: readonly number[], from: Micros, to: Micros, step: Micros): Promise<SeriesColumns[]>;
  /**
   * Mean (gauges) or rate (counters) of each series of these metrics over each window; NaN without data. Row = series,
   * column = window. A sample speaks for the time up to it, so the first one after a window belongs to it in part.
   */
  means(
    machineId: number,
    windows: readonly { from: Micros; to: Micros }[],
    metrics: readonly string[],
  ): Promise<{ description: SeriesDescription; values: Float64Array }[]>;
  /**
   * Several kinds of series of a machine as one column: the sum, or the largest, of their means (gauges) or rates (counters) in each
   * step that has data. One row for each machine and step, by machine and time; NaN where a column's series have none.
   */
  combined(
    machineIds: readonly number[],
    columns: readonly { kinds: readonly SeriesKind[]; by: "sum" | "max" }[],
    window: { from: Micros; to: Micros },
    step: Micros,
  ): Promise<CombinedSeries>;
  /**
   * Mean (gauges) or rate (counters) of the samples in each window, NaN without any. Row = series in the order given, column =
   * window. Windows of whole five minutes are answered from the roll-up.
   */
  averages(
    seriesIds: readonly number[],
    windows: readonly { from: Micros; to: Micros }[],
  ): Promise<Float64Array>;
  /** The sum of a counter's increments in whole five minutes of the window; of one that has just begun, up to its end. */
  totals(seriesIds: readonly number[], from: Micros, to: Micros): Promise<Map<number, number>>;
  /**
   * The newest values not older than `since`, put together as in `combined`. One row for each machine that has any; NaN where
   * a column's series have none.
   */
  newest(
    machineIds: readonly number[],
    columns: readonly { kinds: readonly SeriesKind[]; by: "sum" | "max" }[],
    since: Micros,
  ): Promise<{ machineId: Int32Array; values: readonly Float64Array[] }>;
};
