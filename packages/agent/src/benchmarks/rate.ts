/**
 * Units of work a second: the median of rounds of equal work. A round is long beside what stops a process for a moment
 * (a collection of garbage, another process's turn), so that one disturbance spoils one round; what holds all the time, a
 * quota or a slower clock, is in every round.
 */

export type RateBounds = {
  seconds: number;
  /** Ends earlier after so many units, for work that costs bytes. */
  mostUnits?: number;
};

const rounds = 7;
/** Of the time, for compilers, caches and clocks to come to speed; it is not counted. */
const warmUpShare = 0.15;

/** Calls `work`, which does one unit of some milliseconds or less, again and again. */
export function rateOf(
  work: () => void,
  { seconds, mostUnits = Infinity }: RateBounds,
  now = () => performance.now() / 1000,
): number {
  const begun = now();
  let warmUp = Math.max(1, Math.floor(mostUnits * warmUpShare));
  do work();
  while (--warmUp > 0 && now() - begun < seconds * warmUpShare);
  const ends = [now()];
  do {
    work();
    ends.push(now());
  } while (ends.length <= mostUnits && ends.at(-1)! - begun < seconds);
  return medianRate(ends);
}

/** `ends`: the start, and the end of each unit after it. */
export function medianRate(ends: readonly number[]): number {
  const units = ends.length - 1;
  const count = Math.min(rounds, units);
  const rates = Array.from({ length: count }, (_, round) => {
    const first = Math.floor((round * units) / count);
    const last = Math.floor(((round + 1) * units) / count);
    return (last - first) / Math.max(1e-9, ends[last]! - ends[first]!);
  }).toSorted((a, b) => a - b);
  const middle = (count - 1) / 2;
  return (rates[Math.floor(middle)]! + rates[Math.ceil(middle)]!) / 2;
}
