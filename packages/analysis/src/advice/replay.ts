/**
 * A victim's runs played again with others beside them. A run does its work W at full speed, and at 1 - r while a suspect
 * with rate r runs: it lasts until d = W + sum of r C(start, start + d), C being the suspect's busy time there. W comes
 * from the run as it was, with its own noise; the new d is the least solution, by iteration from W upwards (each step adds
 * less than the one before, for the rates on a run never reach its whole speed).
 */
import { busyBetween, type BusyTime } from "../busy.ts";
import { day, type Plan } from "./plan.ts";
import type { Rate } from "./rates.ts";
import { moved } from "./scene.ts";

/** What is known of a pair: it was found, or others suggest it (pooled), or nothing (strangers). */
export type Knowledge = "found" | "pooled" | "stranger";
export type Term = { rate: Rate; knowledge: Knowledge; before: BusyTime; after: BusyTime };

export type Replay = {
  /** Seconds in the whole window, before: of one victim. */
  lost: number;
  saved: number;
  /** By term, the seconds beside the suspect that go away; negative: come. */
  overlapGone: Float64Array;
  savedByDay: Float64Array;
};

/** Of a run that others slow down this part at least is its own. */
const leastOwn = 0.05;
/** More runs of a group than this are represented by that many, each drawn from a stretch of its own. */
const mostRuns = 3000;
const mostSteps = 40;
const closeEnough = 1e-3;

/** By terms that are found alone; of the others what comes and goes is counted. */
export function replay(plan: Plan, group: number, shift: number, terms: readonly Term[]): Replay {
  const { start, end } = plan.runs[group]!;
  const chosen = chosenRuns(plan, group);
  const answer: Replay = {
    lost: 0,
    saved: 0,
    overlapGone: new Float64Array(terms.length),
    savedByDay: new Float64Array(plan.span / day),
  };
  const found = terms.filter(isFound);
  const changed = shift === 0 ? terms.filter(({ before, after }) => before !== after) : terms;
  for (const i of chosen.runs) {
    const from = start[i]!;
    const lasted = end[i]! - from;
    const parts = takeApart(found, from, end[i]!);
    answer.lost += chosen.weight * (lasted - parts.work);
    const to = moved(plan, from, shift);
    if (changed.every((term) => isApart(term, from, end[i]!, to))) continue;
    const lasts = changed.some(isFound) ? lengthBeside(found, parts, to) : lasted;
    const saved = chosen.weight * (lasted - lasts);
    answer.saved += saved;
    answer.savedByDay[Math.min(answer.savedByDay.length - 1, Math.floor((from - plan.from) / day))]! += saved;
    for (const [t, term] of terms.entries()) {
      const gone = busyBetween(term.before, from, end[i]!) - busyBetween(term.after, to, to + lasts);
      answer.overlapGone[t]! += chosen.weight * (isFound(term) ? parts.scale : 1) * gone;
    }
  }
  return answer;
}

const isFound = ({ knowledge }: Term): boolean => knowledge === "found";

/** What each run of a group would take, by run; those that are not timed stay as they are. */
export function lengthsThere(plan: Plan, group: number, shift: number, terms: readonly Term[]): Float64Array {
  const { start, end, timed } = plan.runs[group]!;
  const found = terms.filter(isFound);
  return start.map((from, i) =>
    timed[i] === 0 || found.length === 0
      ? end[i]! - from
      : lengthBeside(found, takeApart(found, from, end[i]!), moved(plan, from, shift)),
  );
}

/** `scale` below 1: the rates would leave the run less than its least own part. */
type Parts = { work: number; scale: number };

function takeApart(found: readonly Term[], from: number, end: number): Parts {
  let lost = 0;
  for (const { rate, before } of found) lost += rate.perSecond * busyBetween(before, from, end);
  const most = (1 - leastOwn) * (end - from);
  const scale = lost > most ? most / lost : 1;
  return { work: end - from - scale * lost, scale };
}

function lengthBeside(found: readonly Term[], { work, scale }: Parts, from: number): number {
  let lasts = work;
  for (let step = 0; step < mostSteps; step++) {
    let next = work;
    for (const { rate, after } of found)
      next += scale * rate.perSecond * busyBetween(after, from, from + lasts);
    // Several suspects at once may ask for more than all of the speed: then the length has no bound of its own.
    next = Math.min(next, work / leastOwn);
    if (next - lasts < closeEnough) return next;
    lasts = next;
  }
  return lasts;
}

/** A run that meets a suspect neither before nor after takes what it took. */
function isApart({ before, after }: Term, from: number, end: number, to: number): boolean {
  return busyBetween(before, from, end) === 0 && busyBetween(after, to, to + end - from) === 0;
}

/** Positions of timed runs within the window, and how many runs each stands for. */
function chosenRuns({ runs, from, span }: Plan, group: number): { runs: Uint32Array; weight: number } {
  const { start, timed } = runs[group]!;
  const inside = Uint32Array.from(start.keys()).filter((i) => timed[i] === 1 && start[i]! < from + span);
  if (inside.length <= mostRuns) return { runs: inside, weight: 1 };
  const step = inside.length / mostRuns;
  // Not evenly: every twelfth run of a job that starts each five minutes is always the one on the hour.
  const within = (k: number): number => (k * 0.618_033_988_749_895) % 1;
  const drawn = Uint32Array.from({ length: mostRuns }, (_, k) => inside[Math.floor((k + within(k)) * step)]!);
  return { runs: drawn, weight: step };
}
