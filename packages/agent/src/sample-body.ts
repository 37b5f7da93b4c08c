import type {
  CheckResultColumns,
  Computer,
  Micros,
  OsProcessColumns,
  PointColumns,
  SeriesDescription,
} from "@culprit/protocol";
import type { Moment, Reading } from "./collector.ts";

/** The parts of a batch of samples: all that one tick brought. */
export type SampleBody = {
  series: SeriesDescription[];
  points: PointColumns;
  osProcesses?: OsProcessColumns;
  computer?: Computer;
  checkResults?: CheckResultColumns;
};

/** Puts a tick's readings into columns. */
export class SampleBodyBuilder {
  readonly body: SampleBody = {
    series: [],
    points: { series: [], at: [], value: [], intervalSeconds: [] },
  };

  add(at: Micros, { metric, attributes, unit, type, value }: Reading, intervalSeconds = 0): void {
    if (!Number.isFinite(value)) return;
    const { series, points } = this.body;
    points.series.push(series.length);
    points.at.push(at);
    points.value.push(value);
    points.intervalSeconds.push(intervalSeconds);
    series.push({ metric, attributes, unit, type });
  }

  get isEmpty(): boolean {
    const { series, osProcesses, computer } = this.body;
    return series.length === 0 && !osProcesses?.at.length && !computer;
  }
}

type Total = { value: number; monotonicSeconds: number };

/** Turns running totals into increments. A first total, or one that fell (a reset), only starts the next increment. */
export class Counters {
  readonly #totals = new Map<string, Total>();

  /** Null when there is nothing to compare with yet. */
  increment(reading: Reading, moment: Moment): { value: number; intervalSeconds: number } | null {
    const { value, intervalSeconds: given } = reading;
    if (given !== undefined) return given > 0 ? { value, intervalSeconds: roundMicros(given) } : null;
    const key = `${reading.metric} ${JSON.stringify(reading.attributes)}`;
    const before = this.#totals.get(key);
    this.#totals.set(key, { value: reading.value, monotonicSeconds: moment.monotonicSeconds });
    if (!before || reading.value < before.value) return null;
    const intervalSeconds = roundMicros(moment.monotonicSeconds - before.monotonicSeconds);
    return intervalSeconds > 0 ? { value: reading.value - before.value, intervalSeconds } : null;
  }

  /** Forgets series that were not read for so long: interfaces and disks come and go. */
  forgetBefore(monotonicSeconds: number): void {
    for (const [key, total] of this.#totals)
      if (total.monotonicSeconds < monotonicSeconds) this.#totals.delete(key);
  }
}

function roundMicros(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
