/**
 * Whether what a suspect's victims have in common without it could be all that they have in common with it. A job that is
 * started when others have more to do runs beside slow runs and slows nobody; but those others have more to do by degrees,
 * so that they are slower and faster together also on days on which it stays away. Let r be the correlation of two
 * victims over those days and D1, D2 how much slower they are beside the suspect, in deviations of these days. If a
 * common cause sets in the suspect from some height on, D1 D2 / r is the square of how many deviations of the cause that
 * is: at most about 9 for a normal distribution cut in two, wherever. Beyond that it is not the cause alone.
 */
import type { Untouched } from "./shared-cause.ts";
import { exposedShare } from "./pair-score.ts";

/** What a victim shows on days without the suspect, by cluster, and how much more it shows beside it, in their deviation. */
type Shown = { days: Map<number, number>; more: number };

/** 9 in theory; few days tell it roughly. */
const farthestApart = 11;
const leastDays = 8;
/** Standard errors that r may be larger than it looks. */
const doubt = 2;

/** Of two victims or more; one alone has nothing in common with anybody. */
export function isCommonCause(victims: readonly Untouched[]): boolean {
  const shown = victims.flatMap((victim) => shownBy(victim) ?? []);
  let [together, apart, pairs, days] = [0, 0, 0, 0];
  for (const [k, one] of shown.entries()) {
    for (const other of shown.slice(0, k)) {
      let count = 0;
      let sum = 0;
      for (const [day, value] of one.days) {
        const beside = other.days.get(day);
        if (beside === undefined) continue;
        sum += value * beside;
        count++;
      }
      if (count < leastDays) continue;
      together += sum;
      days += count;
      apart += one.more * other.more;
      pairs++;
    }
  }
  if (pairs === 0) return false;
  const correlation = together / days + doubt / Math.sqrt(days);
  return apart / pairs < farthestApart * correlation;
}

/**
 * Runs of the hours in which the suspect comes, against what runs of the hour show without it: hours in which it comes more
 * often have another mean, which is no cause that the victims share. Null with too few days.
 */
function shownBy({ observations, y, exposure }: Untouched): Shown | null {
  if (!exposure) return null;
  const { bin, binCounts, cluster } = observations;
  const comes = new Uint8Array(binCounts.length);
  const usual = new Float64Array(binCounts.length);
  const count = new Int32Array(binCounts.length);
  for (let i = 0; i < y.length; i++) {
    if (exposure[i]! > exposedShare) comes[bin[i]!] = 1;
    else {
      usual[bin[i]!]! += y[i]!;
      count[bin[i]!]!++;
    }
  }
  const without = new Map<number, { sum: number; count: number }>();
  const beside = new Map<number, { sum: number; count: number }>();
  for (let i = 0; i < y.length; i++) {
    const hour = bin[i]!;
    if (!comes[hour] || count[hour] === 0) continue;
    const days = exposure[i]! > exposedShare ? beside : without;
    const one = days.get(cluster[i]!) ?? { sum: 0, count: 0 };
    one.sum += y[i]! - usual[hour]! / count[hour]!;
    one.count++;
    days.set(cluster[i]!, one);
  }
  if (without.size < leastDays || beside.size === 0) return null;
  const mean = meanOf(without);
  let squares = 0;
  for (const { sum, count } of without.values()) squares += (sum / count - mean) ** 2;
  const deviation = Math.sqrt(squares / without.size);
  if (deviation === 0) return null;
  return {
    days: new Map(Array.from(without, ([day, { sum, count }]) => [day, (sum / count - mean) / deviation])),
    more: (meanOf(beside) - mean) / deviation,
  };
}

function meanOf(days: ReadonlyMap<number, { sum: number; count: number }>): number {
  let total = 0;
  for (const { sum, count } of days.values()) total += sum / count;
  return total / days.size;
}
