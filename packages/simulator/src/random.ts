/**
 * Seeded randomness, the same everywhere. Each thing that varies draws from a stream of its own, named by labels, so that
 * taking a process away or moving it leaves all else as it was: that is what makes a counterfactual.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A stream that depends on the seed and the labels alone. */
  static of(seed: number, ...labels: (string | number)[]): Random {
    // FNV-1a over the labels, then a few draws to mix.
    let hash = 0x811c9dc5 ^ seed;
    for (const label of labels) {
      for (const character of `${label}/`)
        hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
    }
    const random = new Random(Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ seed);
    for (let i = 0; i < 3; i++) random.next();
    return random;
  }

  /** In [0, 1): mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Evenly on a logarithmic scale. */
  scaleBetween(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Waiting time with this mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)]!;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}
