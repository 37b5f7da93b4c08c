/**
 * How much of the planned window of each run of a victim a suspect's planned windows fill: start times and normal durations
 * only, because a run that is slow for any reason overlaps more neighbours for having lasted longer.
 */
import { busyTime, type BusyTime } from "../../busy.ts";
import { levelsAt, shortestSeconds, type Normal } from "../normals.ts";
import type { GroupRuns } from "../grouped-runs.ts";
import type { Observations } from "./observations.ts";

/** Busy time as planned; runs of a group that has no normal count with their own length, which is rare and short. */
export function plannedBusy(runs: GroupRuns, normal: Normal | null): BusyTime {
  return busyTime(runs.start, plannedEnds(runs, normal));
}

export function plannedEnds({ start, end }: GroupRuns, normal: Normal | null): Float64Array {
  if (!normal) return end;
  const levels = levelsAt(normal, start);
  return start.map((at, i) => at + Math.max(shortestSeconds, Math.exp(levels[i]!)));
}

/**
 * The planned exposure of each run, from 0; 1 is one run beside all the time. Into `exposure` if given. The bends of busy
 * time are stepped through with the runs: near ones cost little, far ones a logarithm.
 */
export function exposures(
  { start, planned }: Pick<Observations, "start" | "planned">,
  { at, gathered, running }: BusyTime,
  exposure: Float64Array = new Float64Array(start.length),
): Float64Array {
  let from = 0;
  for (let i = 0; i < start.length; i++) {
    const begin = start[i]!;
    const end = begin + planned[i]!;
    from = bendsBefore(at, begin, from);
    const to = bendsBefore(at, end, from);
    if (from === to) {
      exposure[i] = from === 0 ? 0 : running[from - 1]!;
      continue;
    }
    const before = from === 0 ? 0 : gathered[from - 1]! + running[from - 1]! * (begin - at[from - 1]!);
    const after = gathered[to - 1]! + running[to - 1]! * (end - at[to - 1]!);
    exposure[i] = (after - before) / planned[i]!;
  }
  return exposure;
}

/** How many bends are before the instant, `least` of them known to be. */
export function bendsBefore(at: Float64Array, instant: number, least: number): number {
  let low = least;
  let step = 1;
  while (low + step <= at.length && at[low + step - 1]! < instant) {
    low += step;
    step *= 2;
  }
  let high = Math.min(at.length, low + step);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The time within each interval that the suspect was there; `start` ascending. */
export function timesBeside(
  start: Float64Array,
  end: Float64Array,
  { at, gathered, running }: BusyTime,
): Float64Array {
  const beside = new Float64Array(start.length);
  let from = 0;
  for (let i = 0; i < start.length; i++) {
    from = bendsBefore(at, start[i]!, from);
    const to = bendsBefore(at, end[i]!, from);
    const before = from === 0 ? 0 : gathered[from - 1]! + running[from - 1]! * (start[i]! - at[from - 1]!);
    const after = to === 0 ? 0 : gathered[to - 1]! + running[to - 1]! * (end[i]! - at[to - 1]!);
    beside[i] = after - before;
  }
  return beside;
}
