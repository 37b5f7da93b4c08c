/** Whether a request was slow against the recent ones of its own process: median and MAD of log durations, bounded. */
const kept = 128;
const refitEvery = 32;
const fewest = 20;
/** Robust standard deviations; durations of web requests have long tails. */
const deviations = 4;
const madToSigma = 1.4826;
/** Less than twice as long, or some milliseconds more, is nobody's trouble. */
const leastRatio = Math.log(2);
const leastExcessSeconds = 0.01;
const shortest = 1e-4;

export class UsualDuration {
  readonly #logs = new Float64Array(kept);
  #seen = 0;
  #slowFrom = Infinity;

  /** Judges it by those before it and remembers it. */
  isSlow(seconds: number): boolean {
    const slow = seconds > this.#slowFrom;
    this.#logs[this.#seen % kept] = Math.log(Math.max(seconds, shortest));
    this.#seen++;
    if (this.#seen === fewest || (this.#seen > fewest && this.#seen % refitEvery === 0)) this.#fit();
    return slow;
  }

  #fit(): void {
    const logs = this.#logs.slice(0, Math.min(this.#seen, kept)).sort();
    const middle = medianOf(logs);
    const mad = medianOf(logs.map((log) => Math.abs(log - middle)).sort());
    const ratio = Math.max(leastRatio, deviations * madToSigma * mad);
    const median = Math.exp(middle);
    this.#slowFrom = Math.max(median * Math.exp(ratio), median + leastExcessSeconds);
  }
}

function medianOf(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
