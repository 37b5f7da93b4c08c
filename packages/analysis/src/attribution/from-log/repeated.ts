/**
 * Whether a pair's evidence is repeated: the score of the differences between one day and the next, at the same time of the
 * day. Two things that each change once (a deploy here and a longer run there, a clock put forward that moves all hours)
 * agree ever after, over as many runs as one likes, and are still one coincidence; between days they differ once.
 */
import type { Observations } from "./observations.ts";

const day = 86_400;
/** Runs that a part of the day needs each day. */
const runsPerPart = 0.8;
/** More than this part of the evidence from the change between two days is one event. */
const mostOfOneDay = 0.5;

/** Where less of the exposure's variance than this differs between days, what speaks are the hours of each day. */
const leastBetweenDays = 0.25;

/**
 * In standard errors over days, 0 for a single event; null where days hardly differ. `x` and `y` without means of hours.
 */
export function scoreOfChanges(x: Float64Array, y: Float64Array, observations: Observations): number | null {
  const { start, origin } = observations;
  const [first, last] = [start[0]!, start.at(-1)!];
  const days = Math.floor((last - origin) / day) - Math.floor((first - origin) / day) + 1;
  const parts = [24, 8, 4].find((count) => start.length >= count * days * runsPerPart) ?? 1;
  if (betweenDays(x, observations, parts) < leastBetweenDays) return null;
  const sums = { x: new Float64Array(parts), y: new Float64Array(parts), count: new Float64Array(parts) };
  const before = { x: new Float64Array(parts), y: new Float64Array(parts), count: new Float64Array(parts) };
  let [all, squares, most, variance] = [0, 0, 0, 0];
  const close = () => {
    let [score, weight] = [0, 0];
    for (let part = 0; part < parts; part++) {
      const count = sums.count[part]!;
      if (count === 0) continue;
      const [meanX, meanY] = [sums.x[part]! / count, sums.y[part]! / count];
      const countBefore = before.count[part]!;
      if (countBefore > 0) {
        const shared = (count * countBefore) / (count + countBefore);
        const apart = meanX - before.x[part]!;
        score += shared * apart * (meanY - before.y[part]!);
        weight += shared * apart * apart;
      }
      [before.x[part], before.y[part], before.count[part]] = [meanX, meanY, count];
    }
    sums.x.fill(0);
    sums.y.fill(0);
    sums.count.fill(0);
    all += score;
    squares += weight;
    most = Math.max(most, weight);
    variance += score * score;
  };
  let today = Math.floor((first - origin) / day);
  for (let i = 0; i < x.length; i++) {
    const since = start[i]! - origin;
    if (Math.floor(since / day) !== today) {
      close();
      today = Math.floor(since / day);
    }
    const part = partOfDay(since, parts);
    sums.x[part]! += x[i]!;
    sums.y[part]! += y[i]!;
    sums.count[part]!++;
  }
  close();
  return squares > 0 && most <= mostOfOneDay * squares ? all / Math.sqrt(variance) : 0;
}

/** The share of the variance that is not that between the parts of a day. */
function betweenDays(x: Float64Array, { start, origin }: Observations, parts: number): number {
  const sums = new Float64Array(parts);
  const counts = new Float64Array(parts);
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    const part = partOfDay(start[i]! - origin, parts);
    sums[part]! += x[i]!;
    counts[part]!++;
    squares += x[i]! ** 2;
  }
  let between = 0;
  for (let part = 0; part < parts; part++) if (counts[part]! > 0) between += sums[part]! ** 2 / counts[part]!;
  return 1 - between / squares;
}

const partOfDay = (since: number, parts: number): number => Math.floor(((since % day) / day) * parts);
