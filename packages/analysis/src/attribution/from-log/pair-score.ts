/**
 * Whether a victim takes longer the more a suspect is planned beside it: the score S = sum(x y) of the exposure x, without
 * the means of the hours and without what other exposures explain of it, over the larger of two standard errors:
 *   - what chance gives it with this x: s^2 ((1 - r) sum(x^2) + r sum over clusters (sum x)^2), r the correlation within
 *     clusters: that of a permutation of the runs, with few exposed ones sharper than any flip of signs;
 *   - what the clusters show: sum over clusters (sum(x e) / (1 - h))^2 with e = y - S / sum(x^2) x and the leverage h
 *     (CR3: Bell & McCaffrey 2002), which holds where exposed hours are noisier than others.
 * What happened in one cluster happened once, however many runs were there: with more than half of the leverage in one,
 * the runs can't tell.
 */
import { project, type Basis } from "./directions.ts";
import { centre, type Observations } from "./observations.ts";

export type PairScore = {
  z: number;
  /** By how many spreads ln d grows with an exposure of 1. */
  slope: number;
  error: number;
  exposed: number;
  unexposed: number;
};

/** A run is exposed to what fills more than this of its planned window. */
export const exposedShare = 0.05;
export const leastRuns = 8;
export const leastVarianceLeft = 0.05;
const mostLeverage = 0.5;

/** `y` is what is left to explain. Null where the runs can't tell. `x` is overwritten: what of it is free. */
export function scorePair(
  x: Float64Array,
  y: Float64Array,
  observations: Observations,
  correlation: number,
  basis: Basis = [],
): PairScore | null {
  const n = x.length;
  let exposed = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const value = x[i]!;
    if (value > exposedShare) exposed++;
    sum += value;
    squares += value * value;
  }
  if (exposed < leastRuns || n - exposed < leastRuns) return null;
  const variance = squares - (sum * sum) / n;
  centre(x, observations);
  for (const vector of basis) project(x, vector);
  const scores = clusterScores(x, y, observations);
  const { sxx, sxy, syy } = scores;
  if (!(sxx > leastVarianceLeft * variance) || syy === 0) return null;
  const slope = sxy / sxx;
  const free = Math.max(1, n - observations.means);
  let squaredSums = 0;
  let shown = 0;
  let most = 0;
  for (let c = 0; c < scores.x.length; c++) {
    squaredSums += scores.x[c]! ** 2;
    const leverage = scores.xx[c]! / sxx;
    most = Math.max(most, leverage);
    shown += ((scores.xy[c]! - slope * scores.xx[c]!) / Math.max(1e-9, 1 - leverage)) ** 2;
  }
  if (most > mostLeverage) return null;
  const chance = (syy / free) * ((1 - correlation) * sxx + correlation * squaredSums);
  const error = Math.sqrt(Math.max(chance, shown));
  return { z: sxy / error, slope, error: error / sxx, exposed, unexposed: n - exposed };
}

/** Intraclass correlation of y within clusters, by analysis of variance; 0..0.9. */
export function clusterCorrelation(y: Float64Array, { cluster }: Observations): number {
  const n = y.length;
  const sums = new Float64Array(cluster.at(-1)! + 1);
  const counts = new Float64Array(sums.length);
  let total = 0;
  for (let i = 0; i < n; i++) {
    sums[cluster[i]!]! += y[i]!;
    counts[cluster[i]!]!++;
    total += y[i]! ** 2;
  }
  let groups = 0;
  let between = 0;
  let squaredCounts = 0;
  for (let c = 0; c < sums.length; c++) {
    if (counts[c] === 0) continue;
    groups++;
    between += sums[c]! ** 2 / counts[c]!;
    squaredCounts += counts[c]! ** 2;
  }
  if (groups < 2 || groups === n) return 0;
  const within = (total - between) / (n - groups);
  const typical = (n - squaredCounts / n) / (groups - 1);
  const apart = (between / groups - within) / typical;
  return apart <= 0 ? 0 : Math.min(0.9, apart / (apart + within));
}

function clusterScores(x: Float64Array, y: Float64Array, { cluster }: Observations) {
  const last = cluster.at(-1)!;
  const first = cluster[0]!;
  const sums = { x: new Float64Array(last - first + 1), xx: new Float64Array(last - first + 1) };
  const xySums = new Float64Array(last - first + 1);
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (let i = 0; i < x.length; i++) {
    const a = x[i]!;
    const b = y[i]!;
    const c = cluster[i]! - first;
    sums.x[c]! += a;
    sums.xx[c]! += a * a;
    xySums[c]! += a * b;
    sxx += a * a;
    sxy += a * b;
    syy += b * b;
  }
  return { ...sums, xy: xySums, sxx, sxy, syy };
}
