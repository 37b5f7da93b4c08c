/**
 * Student's t distribution, and the binomial one, by the regularised incomplete beta function: its continued fraction with
 * Lentz's method (DLMF 8.17.22), the logarithm of gamma by Lanczos' approximation (g = 7, nine terms).
 */

/** P(|T| > |t|) with `freedom` > 0 degrees of freedom. */
export function studentTails(t: number, freedom: number): number {
  return incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

/** The t that |T| exceeds with probability `tails`, 0 < tails < 1. */
export function studentBound(tails: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (studentTails(high, freedom) > tails && high < 1e9) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (studentTails(middle, freedom) > tails) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X >= count) of a binomial distribution. */
export function binomialTail(count: number, trials: number, probability: number): number {
  if (count > trials) return 0;
  return count <= 0 ? 1 : incompleteBeta(count, trials - count + 1, probability);
}

/** I_x(a, b); a, b > 0, x in 0..1. */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast below the mean; above it the mirrored one does.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(a, b, x)) / a
    : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

const tiny = 1e-300;
const precision = 1e-14;
const mostTerms = 500;

function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= mostTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) < precision) break;
  }
  return value;
}

const awayFromZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const sum = lanczos.reduce((total, term, k) => (k === 0 ? term : total + term / (z + k)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
