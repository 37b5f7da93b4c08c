/**
 * The latest fit of who makes others slow. It is made in a thread of its own when enough is new, at most a small share of the
 * time, and answers use the latest; a fit that fails or is ended leaves the one before. Windows other than the usual one are
 * fitted when they are first asked for and kept until the next fit.
 */
import { microsPerSecond, ProblemError, type Micros } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../../clock.ts";
import type { Counters } from "../../counters.ts";
import type { MicrosWindow } from "../../window.ts";
import { giveBack } from "../give-back.ts";
import type { PlaceMove, Predicted } from "../schedule/moves.ts";
import type { Explained, ExplainQuestion, RunVerdictFound, VerdictsQuestion } from "./fitted-model.ts";
import type { Found } from "./found.ts";
import { buffersOfEvidence, bytesOf, type RawEvidence } from "./raw-evidence.ts";
import { readEvidence, type EvidenceSource } from "./read-evidence.ts";
import type { AttributionTasks, FoundSchedule } from "./tasks.ts";
import { AttributionThread } from "./thread.ts";
import { WindowFits } from "./window-fits.ts";

export type Fitted = { window: MicrosWindow; fittedAt: Micros; found: Found; schedule: FoundSchedule };

/** Of the usual window. */
type Held = Fitted & { thread: AttributionThread; rows: number; tookMilliseconds: number };

/** What moves would gain by the fit of a window; `predicted` is null if something that is to be moved did not run in it. */
export type Prediction = Pick<Fitted, "window" | "fittedAt"> & { predicted: Predicted | null };

type AttributionParts = EvidenceSource & {
  clock: Clock;
  counters: Counters;
  log: FastifyBaseLogger;
  windowDays: number;
  /** After so many days runs are removed. */
  keptDays: number;
  /** Rows read for one fit, at most. */
  mostRuns: number;
};

/** A fit may take one part in this many of the time. */
const idleShare = 50;
const shortestAge = 60 * microsPerSecond;
const longestAge = 24 * 3600 * microsPerSecond;
/** So much more than was fitted is worth a new fit. */
const newShare = 0.01;
/**
 * What has doubled is worth one soon: after an import the latest fit knows next to nothing. All fits by doubling together cost
 * no more than twice the last of them.
 */
const grown = { times: 2, idleShare: 4, shortestAge: 10 * microsPerSecond };
/** How long a ranking waits for the very first fit before it is answered without; and a run, which is hardly asked again. */
const patienceMilliseconds = 200;
const runsPatienceMilliseconds = 3000;

/** After a fit that failed, the next is tried no sooner. */
const restMilliseconds = 60_000;

export class Attribution {
  readonly #parts: AttributionParts;
  #held: Held | null = null;
  #fitting: Promise<Fitted> | null = null;
  /** How far the fit under way is, 0..1. */
  #progress = 0;
  /** There is nothing to be fitted: no run was ever recorded. */
  #isEmpty = false;
  #closed = false;
  #fitsUnderWay = 0;
  #restsUntil = 0;
  /** All that are at work, to be ended. */
  readonly #threads = new Set<AttributionThread>();
  readonly #windows = new WindowFits((window) => this.#fitOnce(window));

  constructor(parts: AttributionParts) {
    this.#parts = parts;
  }

  /** Of the usual fit under way, 0..1; 1 if there is one and none is made anew; null while there is nothing to be fitted. */
  get progress(): number | null {
    if (this.#fitting) return this.#progress;
    if (this.#held) return 1;
    return this.#isEmpty ? null : 0;
  }

  /** A fit is under way, of whatever window. */
  get isFitting(): boolean {
    return this.#fitsUnderWay > 0;
  }

  get usualSeconds(): number {
    return this.#parts.windowDays * 86_400;
  }

  /** The usual window up to an instant. */
  usualWindow(to: Micros): MicrosWindow {
    return { from: to - this.usualSeconds * microsPerSecond, to };
  }

  /** The latest fit; null if the first is not there in time, or nothing ran yet. */
  async latest(patience = patienceMilliseconds): Promise<Fitted | null> {
    if (this.#held) return this.#held;
    if (performance.now() < this.#restsUntil) return null;
    const first = this.#first().catch((error: unknown) => {
      if (!this.#closed) this.#parts.log.error({ err: error }, "attribution was not fitted");
      return null;
    });
    return Promise.race([first, later(patience)]);
  }

  /**
   * The fit of a window, or of what of it is kept; that of the usual one is the latest. Rejects with a problem of code
   * overloaded, or invalid-request for a time of which nothing can be known.
   */
  async over(asked: MicrosWindow, gone?: AbortSignal): Promise<Fitted | null> {
    const window = this.#kept(asked);
    const latest = await this.latest();
    return !latest || isAbout(window, latest) ? latest : this.#windows.of(window, gone);
  }

  /** What of a window can be known. */
  #kept(asked: MicrosWindow): MicrosWindow {
    const now = this.#parts.clock.now();
    const oldest = now - this.#parts.keptDays * 86_400 * microsPerSecond;
    if (asked.from >= now) throw new ProblemError("invalid-request", "the window lies in the future");
    if (asked.to <= oldest)
      throw new ProblemError(
        "invalid-request",
        `runs are kept for ${this.#parts.keptDays} days, and the window ends before`,
      );
    return { from: Math.max(asked.from, oldest), to: Math.min(asked.to, now) };
  }

  /** Null before the first fit, and where its thread was lost. Arrays of the question are transferred. */
  async explain(question: ExplainQuestion): Promise<(Explained & { fittedAt: Micros }) | null> {
    const explained = await this.#ask("explain", question, buffersOfEvidence(question));
    return explained && { ...explained.result, fittedAt: explained.fittedAt };
  }

  /** The same for several runs, of each the verdict. */
  async verdicts(question: VerdictsQuestion): Promise<RunVerdictFound[] | null> {
    return (await this.#ask("verdicts", question, buffersOfEvidence(question)))?.result ?? null;
  }

  /**
   * Null before the first fit. By the latest one, or by one of the window that is asked for, which is made for this. Rejects with a
   * problem of code overloaded where none can tell.
   */
  async predict(
    moves: PlaceMove[],
    asked: MicrosWindow | null,
    gone?: AbortSignal,
  ): Promise<Prediction | null> {
    const other = asked && this.#kept(asked);
    const latest = await this.latest();
    if (!latest) return null;
    if (other && !isAbout(other, latest))
      return this.#windows.apart(other, (window) => this.#predictOnce(window, moves), gone);
    const predicted = await this.#ask("predict", moves);
    if (!predicted) throw new ProblemError("overloaded", "no fit can tell now; another one is made");
    return { window: latest.window, fittedAt: predicted.fittedAt, predicted: predicted.result };
  }

  /** Of the thread of the latest fit. What it could have told is missed, but no answer fails for it. */
  async #ask<N extends "explain" | "verdicts" | "predict">(
    name: N,
    input: AttributionTasks[N][0],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<{ result: AttributionTasks[N][1]; fittedAt: Micros } | null> {
    await this.latest(runsPatienceMilliseconds);
    const held = this.#held;
    if (!held || held.thread.lost > 0) return null;
    try {
      return { result: await held.thread.ask(name, input, transfer), fittedAt: held.fittedAt };
    } catch (error) {
      if (error instanceof ProblemError) throw error;
      this.#parts.log.error({ err: error, task: name }, "the thread of the latest fit did not answer");
      return null;
    }
  }

  /** A fit to nothing would be the latest while the first runs come. */
  async #first(): Promise<Fitted | null> {
    if (!this.#fitting) {
      this.#isEmpty = (await this.#parts.store.executions.newest()).count === 0;
      if (this.#isEmpty) return null;
    }
    return this.fit();
  }

  /** Fits if runs were recorded since the last time and that is long enough ago; for a chore every few seconds. */
  async refitIfNew(): Promise<void> {
    if (performance.now() < this.#restsUntil) return;
    const held = this.#held;
    if (held && held.thread.lost === 0 && !(await this.#isStale(held))) return;
    try {
      await (held ? this.fit() : this.#first());
    } catch (error) {
      // To be stopped is no failure.
      if (!this.#closed) throw error;
    }
  }

  async #isStale({ fittedAt, tookMilliseconds, rows }: Held): Promise<boolean> {
    const age = this.#parts.clock.now() - fittedAt;
    const took = tookMilliseconds * 1000;
    if (age < Math.max(grown.shortestAge, took * grown.idleShare)) return false;
    const { count } = await this.#parts.store.executions.newest();
    if (count >= rows * grown.times && count > rows) return true;
    if (age < Math.max(shortestAge, took * idleShare)) return false;
    return count - rows > rows * newShare || age >= longestAge;
  }

  /** Fits now; callers at the same time share one. */
  fit(): Promise<Fitted> {
    this.#fitting ??= this.#fit()
      .catch((error: unknown) => {
        this.#restsUntil = performance.now() + restMilliseconds;
        throw error;
      })
      .finally(() => (this.#fitting = null));
    return this.#fitting;
  }

  /** Ends a fit under way, and all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  async #fit(): Promise<Fitted> {
    const { clock, store } = this.#parts;
    const begun = performance.now();
    const { count } = await store.executions.newest();
    const { thread, ...fitted } = await this.#fitIn(this.usualWindow(clock.now()));
    const schedule = await this.#advise(thread);
    const before = this.#held;
    const tookMilliseconds = performance.now() - begun;
    this.#held = { ...fitted, schedule, thread, rows: count, tookMilliseconds };
    this.#windows.clear();
    this.#restsUntil = 0;
    if (before) await this.#retire(before.thread);
    return this.#held;
  }

  /** Culprits that were found are worth having without it. */
  async #advise(thread: AttributionThread): Promise<FoundSchedule> {
    try {
      return await thread.ask("advise", null);
    } catch (error) {
      if (this.#closed) throw error;
      this.#parts.log.error({ err: error }, "no advice on the schedule could be made");
      return { advice: [], done: [], herds: [] };
    }
  }

  /** Of a window that nothing else will be asked of. */
  async #fitOnce(window: MicrosWindow): Promise<Fitted> {
    const { thread, ...fitted } = await this.#fitIn(window);
    try {
      return { ...fitted, schedule: await this.#advise(thread) };
    } finally {
      await this.#retire(thread);
    }
  }

  async #predictOnce(window: MicrosWindow, moves: PlaceMove[]): Promise<Prediction> {
    const { thread, fittedAt, ...fitted } = await this.#fitIn(window);
    try {
      return { window: fitted.window, fittedAt, predicted: await thread.ask("predict", moves) };
    } finally {
      await this.#retire(thread);
    }
  }

  async #fitIn(window: MicrosWindow): Promise<Omit<Fitted, "schedule"> & { thread: AttributionThread }> {
    const { clock, counters, mostRuns } = this.#parts;
    const begun = performance.now();
    const now = clock.now();
    const thread = new AttributionThread();
    this.#threads.add(thread);
    this.#progress = 0;
    this.#fitsUnderWay++;
    try {
      const evidence = await readEvidence(this.#parts, window, now, mostRuns);
      if (this.#closed) throw new ProblemError("overloaded", "the hub stops");
      this.#tell(evidence);
      const loaded = thread.ask("load", evidence, buffersOfEvidence(evidence));
      giveBack();
      await loaded;
      const found = await thread.ask("fit", null, [], (share) => {
        this.#progress = share;
      });
      counters.add("culprit_attribution_fits_total", 'result="fitted"');
      return { thread, window: { ...window, to: Math.min(window.to, now) }, fittedAt: now, found };
    } catch (error) {
      counters.add("culprit_attribution_fits_total", 'result="failed"');
      await this.#end(thread);
      throw error;
    } finally {
      this.#fitsUnderWay--;
      counters.add("culprit_attribution_fit_seconds_total", "", (performance.now() - begun) / 1000);
    }
  }

  /** In advance, so that who runs out of memory finds the reason in the log. */
  #tell(evidence: RawEvidence): void {
    const { runs, samples } = evidence;
    const megabytes = Math.ceil((bytesOf(evidence) + runs.length * bytesPerRun) / 1e6);
    this.#parts.log.info(
      { runs: runs.length, samples: samples?.at.length ?? 0, megabytes },
      `fitting attribution to ${runs.length} runs, in about ${megabytes} MB`,
    );
  }

  async #retire(thread: AttributionThread): Promise<void> {
    await thread.retire();
    this.#threads.delete(thread);
  }

  async #end(thread: AttributionThread): Promise<void> {
    this.#threads.delete(thread);
    await thread.close();
  }
}

/** Of the evidence and of what the fit makes of it, besides the columns that were read. */
const bytesPerRun = 200;

/** Windows that end now move on while they are looked at; a hundredth of their length is no other window. */
function isAbout(window: MicrosWindow, { window: fitted, fittedAt }: Fitted): boolean {
  const grain = (fitted.to - fitted.from) / 100;
  const open = window.to >= fittedAt;
  return (
    (open || Math.abs(window.to - fitted.to) <= grain) &&
    Math.abs(window.from - fitted.from) <= grain + (open ? window.to - fittedAt : 0)
  );
}

function later(milliseconds: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), milliseconds).unref();
  });
}
