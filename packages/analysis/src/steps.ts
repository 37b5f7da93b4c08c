/**
 * Splits of a series into two levels, scored: the difference of the sides' means over its standard error. The noise is the
 * series' own: what is left once its strongest splits are taken out, with its autocorrelation.
 */

export type Split = { from: number; at: number; to: number; score: number };

/** Values a side must have at least, and the time it must last; the time whose means are noise of their own (a day). */
export type Sides = { least: number; leastTime: number; batchTime: number };

/** Clocks and schedulers alone vary by this much (natural logarithm). */
const leastDeviation = 0.01;
const mostCorrelation = 0.9;

export class Steps {
  readonly length: number;
  readonly #at: Float64Array;
  readonly #sides: Sides;
  /** Sums up to each position, of the values, of the times, and of their products and squares. */
  readonly #sum: { y: Float64Array; t: Float64Array; tt: Float64Array; ty: Float64Array };
  /** Standard deviation of a value, as far as it counts for a mean: autocorrelation makes it larger. */
  readonly deviation: number;

  /** `at` ascending, in any unit. */
  constructor(values: Float64Array, at: Float64Array, sides: Sides) {
    this.length = values.length;
    this.#at = at;
    this.#sides = sides;
    this.#sum = sumsOf(values, at);
    this.deviation = this.#longRunDeviation(values);
  }

  /** The strongest split of a stretch; null if none leaves enough on both sides. */
  strongest(from: number, to: number): Split | null {
    const { least, leastTime } = this.#sides;
    let best = -1;
    let bestScore = 0;
    for (let at = from + least; at <= to - least; at++) {
      if (this.#at[at]! - this.#at[from]! < leastTime || this.#at[to - 1]! - this.#at[at]! < leastTime)
        continue;
      const score = this.#contrast(from, at, to);
      if (score > bestScore) {
        best = at;
        bestScore = score;
      }
    }
    return best < 0 ? null : { from, at: best, to, score: bestScore / this.deviation };
  }

  errorOf(from: number, at: number, to: number): number {
    return this.deviation * Math.sqrt((to - from) / ((at - from) * (to - at)));
  }

  scoreOf(from: number, at: number, to: number): number {
    return this.#contrast(from, at, to) / this.deviation;
  }

  /**
   * What is left of a step when a slope is fitted beside it (ordinary least squares): as a part of the step alone, and in
   * standard errors.
   */
  besideSlope(from: number, at: number, to: number): { part: number; score: number } {
    const n = to - from;
    const after = to - at;
    const { y, t, tt, ty } = this.#sum;
    const over = (sums: Float64Array, a: number, b: number) => sums[b]! - sums[a]!;
    const meanT = over(t, from, to) / n;
    const meanY = over(y, from, to) / n;
    const sTT = over(tt, from, to) - n * meanT * meanT;
    const sTY = over(ty, from, to) - n * meanT * meanY;
    const sSS = (after * (n - after)) / n;
    const sST = over(t, at, to) - after * meanT;
    const sSY = over(y, at, to) - after * meanY;
    // What of the step's shape no slope can take: nothing, if no time passes within the sides.
    const left = sSS - sST ** 2 / sTT;
    if (!(left > 1e-9 * sSS)) return { part: 0, score: 0 };
    const step = (sSY - (sTY * sST) / sTT) / left;
    return { part: step / (sSY / sSS), score: (Math.abs(step) * Math.sqrt(left)) / this.deviation };
  }

  #contrast(from: number, at: number, to: number): number {
    const { y } = this.#sum;
    const before = at - from;
    const after = to - at;
    const difference = (y[to]! - y[at]!) / after - (y[at]! - y[from]!) / before;
    return Math.abs(difference) * Math.sqrt((before * after) / (to - from));
  }

  #longRunDeviation(values: Float64Array): number {
    const n = values.length;
    const edges = this.#strongestEdges(n < 60 ? 1 : 2);
    const rest = values.slice();
    for (let k = 0; k + 1 < edges.length; k++) {
      const [from, to] = [edges[k]!, edges[k + 1]!];
      const mean = (this.#sum.y[to]! - this.#sum.y[from]!) / (to - from);
      for (let i = from; i < to; i++) rest[i]! -= mean;
    }
    let squares = 0;
    let products = 0;
    for (let i = 0; i < n; i++) {
      squares += rest[i]! ** 2;
      if (i > 0) products += rest[i]! * rest[i - 1]!;
    }
    const longRun = this.#batched(rest);
    const variance = squares / Math.max(1, n - edges.length + 1);
    // What a sample of this length shows is too low by about this much (Kendall 1954).
    const shown = squares === 0 ? 0 : products / squares;
    const correlation = Math.min(mostCorrelation, Math.max(0, shown + (1 + 3 * shown) / n));
    const correlated = (variance * (1 + correlation)) / (1 - correlation);
    return Math.max(leastDeviation, Math.sqrt(Math.max(correlated, longRun)));
  }

  /** The variance that the means of whole batches (days) have, for one value: what correlation from one to the next misses. */
  #batched(rest: Float64Array): number {
    const batch = Math.round((rest.length * this.#sides.batchTime) / (this.#at.at(-1)! - this.#at[0]!));
    const batches = Math.floor(rest.length / batch);
    if (!(batch >= 3 && batches >= 5)) return 0;
    let squares = 0;
    for (let k = 0; k < batches; k++) {
      let sum = 0;
      for (let i = k * batch; i < (k + 1) * batch; i++) sum += rest[i]!;
      squares += sum ** 2 / batch;
    }
    return squares / (batches - 1);
  }

  /** The ends of the stretches between the `most` splits that take most out of the variance, one after the other. */
  #strongestEdges(most: number): number[] {
    const edges = [0, this.length];
    for (let count = 0; count < most; count++) {
      let best: number | null = null;
      let bestContrast = 0;
      for (let k = 0; k + 1 < edges.length; k++) {
        const [from, to] = [edges[k]!, edges[k + 1]!];
        for (let at = from + this.#sides.least; at <= to - this.#sides.least; at++) {
          const contrast = this.#contrast(from, at, to);
          if (contrast <= bestContrast) continue;
          best = at;
          bestContrast = contrast;
        }
      }
      if (best === null) break;
      edges.push(best);
      edges.sort((a, b) => a - b);
    }
    return edges;
  }
}

function sumsOf(values: Float64Array, at: Float64Array) {
  const sums = () => new Float64Array(values.length + 1);
  const sum = { y: sums(), t: sums(), tt: sums(), ty: sums() };
  for (let i = 0; i < values.length; i++) {
    const time = at[i]! - at[0]!;
    sum.y[i + 1] = sum.y[i]! + values[i]!;
    sum.t[i + 1] = sum.t[i]! + time;
    sum.tt[i + 1] = sum.tt[i]! + time * time;
    sum.ty[i + 1] = sum.ty[i]! + time * values[i]!;
  }
  return sum;
}
