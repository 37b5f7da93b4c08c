/**
 * A count beside others that come at the same rate: given the sum of all, it is binomial with 1 / (n + 1) (Przyborowski &
 * Wilenski 1940); the smaller tail with half of the value itself (mid-p: Lancaster 1961), twice.
 */
import { binomialTail } from "../student.ts";

/** How likely a count as far from the others is, to either side. */
export function countTails(value: number, others: Float64Array): number {
  const sum = others.reduce((total, one) => total + one, value);
  const share = 1 / (others.length + 1);
  // Each tail by itself: one less the other is nothing far out.
  const tail = Math.min(midTail(value, sum, share), midTail(sum - value, sum, 1 - share));
  return Math.min(1, 2 * tail);
}

/** P(X > count) + P(X = count) / 2. */
function midTail(count: number, trials: number, probability: number): number {
  return (binomialTail(count, trials, probability) + binomialTail(count + 1, trials, probability)) / 2;
}

/** Variance over mean: above this events do not come one by one. */
const clustered = 1.5;
/** So few counts would not show it. */
const leastCounts = 7;

export function mayCluster(counts: Float64Array): boolean {
  if (counts.length < leastCounts) return true;
  const mean = counts.reduce((sum, one) => sum + one, 0) / counts.length;
  const squares = counts.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return squares > clustered * mean * (counts.length - 1);
}
