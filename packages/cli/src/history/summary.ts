/** Averages over records, each weighted by the time that it covers; nothing is held but sums. */
import { liveFigures, parseInstant, type LiveFigure } from "@culprit/protocol";
import type { HistoryRecord } from "./record.ts";

export type FigureSummary = { average: number; lowest: number; highest: number; newest: number };

export type HistorySummary = {
  machine: string;
  records: number;
  /** Start of the first step and end of the last, as instants; null without records. */
  from: string | null;
  to: string | null;
  /** What was never measured is not in it. */
  figures: Partial<Record<LiveFigure, FigureSummary>>;
};

type Sums = {
  weighted: number;
  seconds: number;
  lowest: number;
  highest: number;
  newest: number;
  newestAt: number;
};

export class Summary {
  records = 0;
  #machine: string;
  /** Microseconds since 1970. */
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  readonly #sums = new Map<LiveFigure, Sums>();

  constructor(machine: string) {
    this.#machine = machine;
  }

  get from(): number | null {
    return this.records === 0 ? null : this.#from;
  }

  get to(): number | null {
    return this.records === 0 ? null : this.#to;
  }

  add(record: HistoryRecord): void {
    const at = parseInstant(record.at) ?? 0;
    this.records++;
    // Of a machine that was renamed the newest name.
    if (at + record.stepSeconds * 1e6 > this.#to) this.#machine = record.machine;
    this.#from = Math.min(this.#from, at);
    this.#to = Math.max(this.#to, at + record.stepSeconds * 1e6);
    for (const figure of liveFigures) {
      const value = record[figure];
      if (value !== null) this.#count(figure, value, at, record.stepSeconds);
    }
  }

  result(format: (micros: number) => string): HistorySummary {
    const figures: HistorySummary["figures"] = {};
    for (const figure of liveFigures) {
      const sums = this.#sums.get(figure);
      if (!sums) continue;
      const { weighted, seconds, lowest, highest, newest } = sums;
      figures[figure] = { average: weighted / seconds, lowest, highest, newest };
    }
    const { from, to } = this;
    return {
      machine: this.#machine,
      records: this.records,
      from: from === null ? null : format(from),
      to: to === null ? null : format(to),
      figures,
    };
  }

  #count(figure: LiveFigure, value: number, at: number, seconds: number): void {
    const sums = this.#sums.get(figure);
    if (!sums) {
      const first = { lowest: value, highest: value, newest: value, newestAt: at };
      this.#sums.set(figure, { weighted: value * seconds, seconds, ...first });
      return;
    }
    sums.weighted += value * seconds;
    sums.seconds += seconds;
    sums.lowest = Math.min(sums.lowest, value);
    sums.highest = Math.max(sums.highest, value);
    if (at >= sums.newestAt) [sums.newest, sums.newestAt] = [value, at];
  }
}
