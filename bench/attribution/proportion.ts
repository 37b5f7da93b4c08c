/** Counts of how often something happened, and what they bound. */
export type Proportion = { count: number; of: number };

export function proportion<T>(items: readonly T[], happened: (item: T) => boolean): Proportion {
  return { count: items.filter(happened).length, of: items.length };
}

/** The upper 95% bound (one-sided, Clopper and Pearson 1934): the largest rate at which so few would happen once in 20. */
export function upperBound({ count, of }: Proportion): number {
  if (of === 0 || count >= of) return 1;
  let low = count / of;
  let high = 1;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (atMost(count, of, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of `count` or fewer of `of` at this rate. */
function atMost(count: number, of: number, rate: number): number {
  let log = of * Math.log1p(-rate);
  let sum = Math.exp(log);
  for (let k = 1; k <= count; k++) {
    log += Math.log((of - k + 1) / k) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(log);
  }
  return sum;
}

/** Between the values on either side; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (at - below) * (above - sorted[below]!);
}
