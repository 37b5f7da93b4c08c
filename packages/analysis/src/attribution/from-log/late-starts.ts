/**
 * Which runs of a suspect began when others were late already. A process that is started because others are slow (a
 * watchdog, a collector of evidence) runs beside what is slow for reasons of its own: such starts prove nothing. Only what
 * was known before the start counts: a run is late while it takes longer than usual by more than its spread, until shortly
 * after it ended or until the suspect comes, for from then on the suspect may be why.
 * Whether lateness brings the suspect is told by its other days: the same time of the day up to two weeks before and after
 * (case-crossover: Maclure 1991).
 */
import { busyTime, lowerBound, type BusyTime } from "../../busy.ts";
import { pick } from "../../intervals.ts";
import type { GroupRuns } from "../grouped-runs.ts";
import type { Normal } from "../normals.ts";
import { plannedEnds, timesBeside } from "./planned-exposure.ts";

/** Ascending each by itself: when a run of a group became late, and when that was over. */
type Spans = { from: Float64Array; to: Float64Array };
type Lateness = Spans & { start: Float64Array };

const day = 86_400;
const daysAround = 14;
const leastSpread = 0.1;
/** What looks now and then sees a run that is over. */
const graceSeconds = 300;
/** So many deviations more starts beside lateness than on other days are no chance. */
const beyondChance = 2.5;
/** Starts that are looked at to tell, evenly chosen. */
const mostStarts = 1000;

export class LateStarts {
  readonly #runs: readonly GroupRuns[];
  readonly #normals: readonly (Normal | null)[];
  readonly #late: (Lateness | undefined)[] = [];
  /** By suspect. */
  readonly #known = new Map<number, BusyTime | null>();

  constructor(runs: readonly GroupRuns[], normals: readonly (Normal | null)[]) {
    this.#runs = runs;
    this.#normals = normals;
  }

  /**
   * The busy time, as planned, of the runs of a group that began when `others` were late; null where that is no more often
   * than chance.
   */
  of(suspect: number, others: readonly number[]): BusyTime | null {
    let known = this.#known.get(suspect);
    if (known === undefined) this.#known.set(suspect, (known = this.#find(suspect, others)));
    return known;
  }

  #find(suspect: number, others: readonly number[]): BusyTime | null {
    const runs = this.#runs[suspect]!;
    const lateness = others.map(
      (group) => (this.#late[group] ??= latenessOf(this.#runs[group]!, this.#normals[group]!)),
    );
    let late = beforeSuspect(runs, lateness);
    if (!isBroughtBy(late, runs)) return null;
    // What ran beside a start that proves nothing may be late for the same reason, and bring the next.
    let which = startsIn(runs, late);
    for (let before = 0; before < which.length;) {
      before = which.length;
      const begun = new Set(which);
      const rest = Int32Array.from(runs.start.keys()).filter((i) => !begun.has(i));
      late = beforeSuspect(pickRuns(runs, rest), lateness);
      which = startsIn(runs, late);
    }
    const began = pickRuns(runs, which);
    return busyTime(began.start, plannedEnds(began, this.#normals[suspect]!));
  }
}

/** The runs of a group that were late, in the order of their starts; none without a normal. */
function latenessOf(runs: GroupRuns, normal: Normal | null): Lateness {
  const { start, end, timed } = runs;
  const ends = plannedEnds(runs, normal);
  const patience = Math.exp(Math.max(leastSpread, normal?.spread ?? 0));
  const late: number[] = [];
  const from = new Float64Array(start.length);
  for (let i = 0; i < start.length; i++) {
    from[i] = start[i]! + patience * (ends[i]! - start[i]!);
    if (normal && timed[i] && end[i]! > from[i]!) late.push(i);
  }
  const picked = (values: Float64Array) => Float64Array.from(late, (i) => values[i]!);
  return { start: picked(start), from: picked(from), to: picked(end).map((at) => at + graceSeconds) };
}

/** Whether the starts meet lateness more often than the same times of other days do. */
function isBroughtBy(late: Spans, { start }: GroupRuns): boolean {
  const count = Math.min(mostStarts, start.length);
  const [first, last] = [start[0]!, start.at(-1)!];
  let [met, expected] = [0, 0];
  for (let k = 0; k < count; k++) {
    const at = start[Math.floor((k * start.length) / count)]!;
    if (isLate(late, at)) met++;
    let [days, lateDays] = [0, 0];
    for (let away = -daysAround; away <= daysAround; away++) {
      const then = at + away * day;
      if (away === 0 || then < first || then > last) continue;
      days++;
      if (isLate(late, then)) lateDays++;
    }
    if (days > 0) expected += lateDays / days;
  }
  return met - expected > beyondChance * Math.sqrt(expected + 1);
}

const startsIn = ({ start }: GroupRuns, late: Spans): Int32Array =>
  Int32Array.from(start.keys()).filter((i) => isLate(late, start[i]!));

function pickRuns({ run, start, end, timed }: GroupRuns, at: Int32Array): GroupRuns {
  return {
    run: pick(run, at, new Int32Array(at.length)),
    start: pick(start, at, new Float64Array(at.length)),
    end: pick(end, at, new Float64Array(at.length)),
    timed: pick(timed, at, new Uint8Array(at.length)),
  };
}

/** Without the runs that had the suspect beside them before they were late, and of the others until it came. */
function beforeSuspect(suspect: GroupRuns, others: readonly Lateness[]): Spans {
  const busy = busyTime(suspect.start, suspect.end);
  const from: number[] = [];
  const to: number[] = [];
  for (const late of others) {
    const met = timesBeside(late.start, late.from, busy);
    for (let i = 0; i < met.length; i++) {
      if (met[i]! > 0) continue;
      const next = suspect.start[lowerBound(suspect.start, late.from[i]!)] ?? Infinity;
      from.push(late.from[i]!);
      to.push(Math.min(late.to[i]!, next));
    }
  }
  return { from: Float64Array.from(from).sort(), to: Float64Array.from(to).sort() };
}

/** As many have become late before the instant as are over by then, unless some are late. */
function isLate({ from, to }: Spans, at: number): boolean {
  return lowerBound(from, at) > lowerBound(to, at);
}
