/**
 * What a move gained, measured on the runs that stand beside the process longer by its old times than by its new ones, or
 * the other way round: how their mean duration changed, less the change of the victim's runs that never stand beside it.
 * Compared within days of the week, where both sides have each thrice, else within working days and weekends, else together.
 * The interval is that of a sum of differences of means with whole days as clusters (linearisation: Cochran 1977, 6.4), by
 * Student's t: runs of one night have their causes in common.
 */
import { busyBetween, type BusyTime } from "../busy.ts";
import { studentBound } from "../student.ts";
import { medianOf } from "../statistics.ts";
import { day, type GroupRuns } from "./plan.ts";
import type { Saving } from "./what-if.ts";

/** The old times held in [from, at), the new ones in [at, to]; `mover`: busy times of the process as it ran. */
export type MoveWindow = { from: number; at: number; to: number; shiftSeconds: number; mover: BusyTime };

type Sample = { day: number; seconds: number };

/** Runs whose company changed, on both sides of the move. */
export type Changed = { before: Sample[]; after: Sample[] };

/** Parts of the planned window: a run's company changed by at least, and one that has none has less than. */
const leastChange = 0.1;
const company = 0.02;
/** Times the median: what is longer has reasons of its own. */
const mostTimes = 5;
const leastRuns = 3;
const leastControls = 20;

/** All of the mover's own runs stand elsewhere now. */
export function changedOfMover(runs: GroupRuns, window: MoveWindow): Changed | null {
  return changedRuns(runs, window, () => "changed");
}

/** Null if too few runs of it have had, or have now, the mover beside. */
export function changedOf(runs: GroupRuns, window: MoveWindow): Changed | null {
  const { shiftSeconds, mover, at } = window;
  return changedRuns(runs, window, (start, planned) => {
    const beside = (from: number): number => busyBetween(mover, from, from + planned) / planned;
    const old = beside(start < at ? start : start + shiftSeconds);
    const now = beside(start < at ? start - shiftSeconds : start);
    if (Math.abs(old - now) >= leastChange) return "changed";
    return Math.max(old, now) < company ? "never" : "always";
  });
}

function changedRuns(
  { start, end, timed }: GroupRuns,
  { from, at, to }: MoveWindow,
  companyOf: (start: number, planned: number) => "changed" | "always" | "never",
): Changed | null {
  const runs = [...start.keys()].filter((i) => timed[i] === 1 && start[i]! >= from && start[i]! <= to);
  const planned = medianOf(runs.map((i) => end[i]! - start[i]!));
  if (!(planned > 0)) return null;
  const changed: Changed = { before: [], after: [] };
  const controls: Changed = { before: [], after: [] };
  for (const i of runs) {
    const kind = companyOf(start[i]!, planned);
    if (kind === "always") continue;
    const into = kind === "changed" ? changed : controls;
    into[start[i]! < at ? "before" : "after"].push({
      day: Math.floor(start[i]! / day),
      seconds: Math.min(mostTimes * planned, end[i]! - start[i]!),
    });
  }
  if (changed.before.length < leastRuns || changed.after.length < leastRuns) return null;
  const trend = ratioOf(controls);
  return {
    ...changed,
    before: changed.before.map(({ seconds, ...one }) => ({ ...one, seconds: seconds * trend })),
  };
}

/** By how much runs take longer after that nothing of this touches. */
function ratioOf({ before, after }: Changed): number {
  if (before.length < leastControls || after.length < leastControls) return 1;
  return medianOf(after.map(({ seconds }) => seconds)) / medianOf(before.map(({ seconds }) => seconds));
}

/** Of all together, in a day of `days`; null where a side has but one day. */
export function measuredSaving(all: readonly Changed[], days: number): Saving | null {
  let savingSeconds = 0;
  let classes = 1;
  const influence = { before: new Map<number, number>(), after: new Map<number, number>() };
  for (const changed of all) {
    const perDay = (changed.before.length + changed.after.length) / days;
    const classOf = dayClasses(changed);
    const matched = matchedRuns(changed, classOf);
    classes = Math.max(classes, matched.length);
    const runs = matched.reduce((sum, { before, after }) => sum + before.length + after.length, 0);
    for (const { before, after } of matched) {
      const weight = (perDay * (before.length + after.length)) / runs;
      savingSeconds += weight * (meanOf(before) - meanOf(after));
      addInfluence(influence.before, before, weight);
      addInfluence(influence.after, after, weight);
    }
  }
  const fewest = Math.min(influence.before.size, influence.after.size);
  if (fewest <= classes) return null;
  const variance = varianceOf(influence.before, classes) + varianceOf(influence.after, classes);
  const error = studentBound(0.05, fewest - classes) * Math.sqrt(variance);
  return { savingSeconds, low: savingSeconds - error, high: savingSeconds + error };
}

/** 1970 began on a Thursday. */
const weekdayOf = (one: number): number => (one + 3) % 7;
const isWeekend = (one: number): number => (weekdayOf(one) > 4 ? 1 : 0);

function dayClasses({ before, after }: Changed): (day: number) => number {
  return (
    [weekdayOf, isWeekend].find((classOf) =>
      [before, after].every((side) => {
        const days = new Set(side.map((sample) => sample.day));
        const counts = new Map<number, number>();
        for (const one of days) counts.set(classOf(one), (counts.get(classOf(one)) ?? 0) + 1);
        return [...counts.values()].every((count) => count > 2);
      }),
    ) ?? (() => 0)
  );
}

function matchedRuns({ before, after }: Changed, classOf: (day: number) => number): Changed[] {
  const classes = new Set(before.map((sample) => classOf(sample.day)));
  const matched = [...classes].map((one) => ({
    before: before.filter((sample) => classOf(sample.day) === one),
    after: after.filter((sample) => classOf(sample.day) === one),
  }));
  const both = matched.filter((one) => one.after.length > 0);
  return both.length > 0 ? both : [{ before, after }];
}

const meanOf = (samples: readonly Sample[]): number =>
  samples.reduce((sum, { seconds }) => sum + seconds, 0) / samples.length;

/** What each day adds to the error of a weighted mean. */
function addInfluence(influence: Map<number, number>, samples: readonly Sample[], weight: number): void {
  const mean = meanOf(samples);
  for (const sample of samples)
    influence.set(
      sample.day,
      (influence.get(sample.day) ?? 0) + (weight * (sample.seconds - mean)) / samples.length,
    );
}

function varianceOf(influence: ReadonlyMap<number, number>, means: number): number {
  const count = influence.size;
  let squares = 0;
  for (const value of influence.values()) squares += value ** 2;
  return (squares * count) / (count - means);
}
