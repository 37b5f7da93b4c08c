/**
 * What the runs of one group tell as a victim: how much longer than usual each took, y = ln d minus its level at
 * the time (`normals.ts`) and hour of the day, drawn in at 3 robust standard deviations, in units of these, without the means of the hours of the
 * week. Clusters are whole days from noon to noon of the log's first day, or 4 h where the log is shorter than 30 days.
 */
import { logDuration } from "../../baseline.ts";
import { medianDistance, medianOf } from "../../statistics.ts";
import { levelsAt, type Normal } from "../normals.ts";
import type { GroupRuns } from "../grouped-runs.ts";

export type Observations = {
  group: number;
  /** Positions in the group's runs. */
  which: Int32Array;
  start: Float64Array;
  seconds: Float64Array;
  /** How long each should have taken, seconds: start and this are the planned window. */
  planned: Float64Array;
  /** Natural logarithm of the usual duration at the time. */
  level: Float64Array;
  /** In units of `spread`, means of the hours taken off. */
  y: Float64Array;
  /** Robust standard deviation of ln d about its level. */
  spread: number;
  /** Where days begin. */
  origin: number;
  cluster: Int32Array;
  bin: Int32Array;
  binCounts: Float64Array;
  /** The hour of the day, or a longer part of it. */
  hour: Int32Array;
  /** How many bins have runs: so many means were taken off. */
  means: number;
};

/** Where the log's days begin, and how long a cluster is, seconds. */
export type Calendar = { origin: number; clusterSeconds: number };

/** `clockChanges`: of the group's machine. */
type LocalCalendar = Calendar & { clockChanges: readonly number[] };

const hour = 3600;
const day = 24 * hour;
const week = 7 * day;
const farthest = 3;
const leastSpread = 0.02;
/** A bin of the day needs about as many runs, one of the week some weeks. */
const runsPerBin = 10;
const runsPerWeeklyBin = 2;
const leastWeeks = 2.1;

export function calendarOf(runs: readonly GroupRuns[]): Calendar {
  let [from, to] = [Infinity, -Infinity];
  for (const { start } of runs) {
    if (start.length === 0) continue;
    from = Math.min(from, start[0]!);
    to = Math.max(to, start.at(-1)!);
  }
  const clusterSeconds = to - from < 29 * day ? day / 6 : day;
  // On a whole hour: schedules, and what people do, change there.
  const origin = Math.floor((from - day / 2) / hour) * hour;
  return { origin, clusterSeconds };
}

/** Null with fewer than `least` timed runs; of more than `most`, evenly chosen ones. */
export function observe(
  group: number,
  runs: GroupRuns,
  normal: Normal | null,
  calendar: LocalCalendar,
  { least, most }: { least: number; most: number },
): Observations | null {
  const timed = positionsOfTimed(runs);
  if (timed.length < least || !normal) return null;
  const count = Math.min(most, timed.length);
  const which = new Int32Array(count);
  const start = new Float64Array(count);
  const seconds = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const i = timed[Math.floor((k * timed.length) / count)]!;
    which[k] = i;
    start[k] = runs.start[i]!;
    seconds[k] = runs.end[i]! - start[k]!;
  }
  const level = levelsAt(normal, start);
  const planned = new Float64Array(count);
  const logs = new Float64Array(count);
  const rest = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    planned[i] = Math.exp(level[i]!);
    logs[i] = logDuration(seconds[i]!);
    rest[i] = logs[i]! - level[i]!;
  }
  const { bin: hour, binCounts: hourCounts } = binsOf(start, calendar, day);
  const usual = mediansBy(hour, hourCounts.length, rest);
  for (let i = 0; i < count; i++) {
    level[i]! += usual[hour[i]!]!;
    rest[i] = logs[i]! - level[i]!;
  }
  const middle = medianOf(rest);
  const spread = Math.max(leastSpread, 1.4826 * medianDistance(rest.slice(), middle));
  const { bin, binCounts } = binsOf(start, calendar);
  const y = rest;
  for (let i = 0; i < count; i++)
    y[i] = Math.min(farthest, Math.max(-farthest, (rest[i]! - middle) / spread));
  const observations = {
    group,
    which,
    start,
    seconds,
    planned,
    level,
    y,
    spread,
    origin: calendar.origin,
    cluster: Int32Array.from(start, (at) => Math.floor((at - calendar.origin) / calendar.clusterSeconds)),
    bin,
    binCounts,
    hour,
    means: binCounts.filter((count) => count > 0).length,
  };
  centre(y, observations);
  return observations;
}

function positionsOfTimed({ timed }: GroupRuns): Int32Array {
  const positions = new Int32Array(timed.length);
  let count = 0;
  for (let i = 0; i < timed.length; i++) if (timed[i]) positions[count++] = i;
  return positions.subarray(0, count);
}

/** What runs of an hour take is usual there: by day as by night it needs the same to be unusual. 0 where one has none. */
export function mediansBy(bin: Int32Array, bins: number, values: Float64Array): Float64Array {
  const counts = new Int32Array(bins);
  for (const one of bin) counts[one]!++;
  const members = Array.from(counts, (count) => new Float64Array(count));
  const filled = new Int32Array(bins);
  for (let i = 0; i < bin.length; i++) members[bin[i]!]![filled[bin[i]!]!++] = values[i]!;
  return Float64Array.from(members, (own) => (own.length === 0 ? 0 : medianOf(own)));
}

/** Takes the means of the bins of the day off, in place. */
export function centre(values: Float64Array, { bin, binCounts }: Observations): void {
  const sums = new Float64Array(binCounts.length);
  for (let i = 0; i < values.length; i++) sums[bin[i]!]! += values[i]!;
  for (let b = 0; b < sums.length; b++) sums[b]! /= Math.max(1, binCounts[b]!);
  for (let i = 0; i < values.length; i++) values[i]! -= sums[bin[i]!]!;
}

/** The finest cells that have runs enough: hours of the week, of the day where the log is too short to know weeks. */
function binsOf(
  start: Float64Array,
  { origin, clockChanges }: LocalCalendar,
  longest = week,
): { bin: Int32Array; binCounts: Float64Array } {
  const [first, last] = [start[0]!, start.at(-1)!];
  const changes = clockChanges.filter((at) => at > first && at <= last);
  const period = longest === week && last - first >= leastWeeks * week ? week : day;
  const perBin = (changes.length + 1) * (period === week ? runsPerWeeklyBin : runsPerBin);
  const perDay = [24, 8, 4, 1].find((count) => start.length >= count * (period / day) * perBin);
  const bins = perDay === undefined ? 1 : perDay * (period / day);
  let [at, since] = [0, 0];
  const bin = new Int32Array(start.length);
  const binCounts = new Float64Array((changes.length + 1) * bins);
  for (let i = 0; i < start.length; i++) {
    const instant = start[i]!;
    while (at < changes.length && changes[at]! <= instant) since = ++at * bins;
    bin[i] = since + Math.floor((((instant - origin) % period) / period) * bins);
    binCounts[bin[i]!]!++;
  }
  return { bin, binCounts };
}
