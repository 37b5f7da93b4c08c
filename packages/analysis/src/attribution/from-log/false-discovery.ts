/** From scores to what may be said: tail probabilities, Simes' test over victims, Benjamini and Hochberg's q over suspects. */

/**
 * P(Z > z) of a standard normal, with a relative error below 2e-7 also far out (complementary error function by Chebyshev
 * fitting: Press et al., Numerical Recipes, "erfcc").
 */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
    1.00002368, -1.26551223,
  ];
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * t + coefficient;
  const half = (t * Math.exp(-x * x + sum)) / 2;
  return z >= 0 ? half : 1 - half;
}

/** One probability for many tests of one hypothesis (Simes 1986): the least n p(k) / k. `tests`: n, of which `ps` are the smallest. */
export function simes(ps: readonly number[], tests: number): number {
  let least = 1;
  for (const [k, p] of ps.toSorted((a, b) => a - b).entries()) least = Math.min(least, (tests * p) / (k + 1));
  return least;
}

/** For each probability the false-discovery rate at which it is still found (Benjamini & Hochberg 1995). */
export function falseDiscoveryRates(ps: Float64Array): Float64Array {
  const n = ps.length;
  const order = Uint32Array.from(ps.keys()).sort((a, b) => ps[b]! - ps[a]!);
  const rates = new Float64Array(n);
  let least = 1;
  for (let k = 0; k < n; k++) {
    least = Math.min(least, (ps[order[k]!]! * n) / (n - k));
    rates[order[k]!] = least;
  }
  return rates;
}
