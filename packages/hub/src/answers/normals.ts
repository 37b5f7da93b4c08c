/**
 * The latest fit of what is normal. Fitting happens in the analysis thread, when enough is new; answers use the latest fit
 * and say when it was made, and only the very first waits for one.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../clock.ts";
import type { ExecutionColumns, ExecutionStore } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";
import type { AnalysisThread } from "./analysis-thread.ts";
import { eraOf, type Era } from "./eras.ts";
import { giveBack } from "./give-back.ts";
import { groupKey, type RunGroup } from "./run-groups.ts";

export type Fit = {
  fittedAt: Micros;
  /** The normal that a run of this time belongs to; the newest without an instant. */
  of(group: RunGroup, startedAt?: Micros): Era | undefined;
  /** Whether the model, although as old as the fit, serves better than reading: many runs of a long window. */
  serves(window: MicrosWindow): boolean;
};

type Held = Fit & { lost: number; rows: number; tookMilliseconds: number };

type NormalsParts = {
  executions: ExecutionStore;
  clock: Clock;
  thread: AnalysisThread;
  log: FastifyBaseLogger;
  /** Rows read for one fit or one statistic, at most: 30 bytes each, and as much again while they are read. */
  mostRows?: number;
};

export const normalDays = 30;
/** From so many runs in so long a window on, a model that is about a minute old serves better than reading all of them. */
const manyRuns = 100_000;
const longWindow = 3 * 86_400 * microsPerSecond;
/** A fit may take one part in this many of the time. */
const idleShare = 20;
const longestUnfitted = 3600 * microsPerSecond;

export class Normals {
  readonly mostRows: number;
  readonly #parts: NormalsParts;
  #held: Held | null = null;
  #fitting: Promise<Held> | null = null;

  constructor(parts: NormalsParts) {
    this.#parts = parts;
    this.mostRows = parts.mostRows ?? 2_000_000;
  }

  /** The latest fit; the first caller, and one after the thread was lost, waits for it. */
  async latest(): Promise<Fit> {
    const held = this.#held;
    return held && held.lost === this.#parts.thread.lost ? held : this.fit();
  }

  /** Fits now; callers at the same time share one. */
  fit(): Promise<Fit> {
    this.#fitting ??= this.#fit().finally(() => (this.#fitting = null));
    return this.#fitting;
  }

  /** Fits if runs were recorded since the last time and that is long enough ago; for a chore every few seconds. */
  async refitIfNew(): Promise<void> {
    const held = this.#held;
    if (held) {
      const age = this.#parts.clock.now() - held.fittedAt;
      if (age < held.tookMilliseconds * 1000 * idleShare) return;
      const { count } = await this.#parts.executions.newest();
      if (count === held.rows && age < longestUnfitted) return;
    }
    await this.fit();
  }

  async #fit(): Promise<Held> {
    const { executions, clock, thread, log } = this.#parts;
    const begun = performance.now();
    const now = clock.now();
    const from = now - normalDays * 86_400 * microsPerSecond;
    const { count } = await executions.newest();
    const columns = await executions.columns({ from, to: now }, this.mostRows);
    if (columns.length === this.mostRows)
      log.warn({ rows: columns.length }, `the normals rest on the newest ${columns.length} executions only`);
    const rows = columns.length;
    const asked = thread.ask("fit", { columns, now }, buffersOf(columns));
    giveBack();
    const fitted = await asked;
    const eras = new Map(fitted.map((each) => [groupKey(each.group), each.eras]));
    this.#held = {
      fittedAt: now,
      of: (group, startedAt) => eraOf(eras.get(groupKey(group)), startedAt),
      serves: (window) =>
        rows >= manyRuns &&
        window.to - window.from >= longWindow &&
        window.from >= from - (window.to - window.from) / 1000,
      lost: thread.lost,
      rows: count,
      tookMilliseconds: performance.now() - begun,
    };
    return this.#held;
  }
}

/** What to transfer with columns. */
export function buffersOf(columns: ExecutionColumns): ArrayBuffer[] {
  const { length: _, ...arrays } = columns;
  return [...new Set(Object.values(arrays).map(({ buffer }) => buffer))].filter(
    (buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer,
  );
}
