/**
 * Mann and Whitney's test (1947): how far the ranks of one sample among both are from those of chance, in standard
 * deviations, without sign; equal values share their ranks, and the variance is corrected for them.
 */
export function rankScore(one: Float64Array, other: Float64Array): number {
  const all = new Float64Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  const order = Uint32Array.from(all.keys()).sort((a, b) => all[a]! - all[b]!);
  const n = all.length;
  let ranks = 0;
  let ties = 0;
  for (let from = 0, to = 0; from < n; from = to) {
    while (to < n && all[order[to]!] === all[order[from]!]) to++;
    for (let k = from; k < to; k++) if (order[k]! < one.length) ranks += (from + to + 1) / 2;
    ties += (to - from) ** 3 - (to - from);
  }
  const variance = ((one.length * other.length) / 12) * (n + 1 - ties / (n * (n - 1)));
  return variance <= 0 ? 0 : Math.abs(ranks - (one.length * (n + 1)) / 2) / Math.sqrt(variance);
}
