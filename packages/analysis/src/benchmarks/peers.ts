/** A machine among those that should be as fast: the same processor, as many cores, measured the same way. */
import { medianDistance, medianOf } from "../statistics.ts";

/** `ratio`: against the median of the others. */
export type AmongPeers = { ratio: number; slower: boolean };

export const peerRules = {
  leastOthers: 2,
  /** Slower by as much. */
  leastShare: 0.2,
  /** And by as many robust deviations of the others about their median. */
  deviations: 3,
};

/** The logarithms of machines that are alike differ by as much at least. */
const leastDeviation = 0.05;

/** `own` and `others` are levels of scores, above 0; null with too few others. */
export function amongPeers(own: number, others: readonly number[]): AmongPeers | null {
  const { leastOthers, leastShare, deviations } = peerRules;
  if (others.length < leastOthers) return null;
  const logs = Float64Array.from(others, Math.log);
  const median = medianOf(logs);
  const deviation = Math.max(leastDeviation, 1.4826 * medianDistance(logs, median));
  const below = median - Math.log(own);
  const slower = below >= -Math.log(1 - leastShare) && below >= deviations * deviation;
  return { ratio: Math.exp(-below), slower };
}
