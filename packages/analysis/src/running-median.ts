/** The median of each value and its `half` neighbours on both sides, as far as there are any: a sorted window that moves on. */
export function runningMedian(values: Float64Array, half: number): Float64Array {
  const n = values.length;
  const window = new Float64Array(2 * half + 2);
  let size = 0;
  const insert = (value: number): void => {
    let at = size++;
    for (; at > 0 && window[at - 1]! > value; at--) window[at] = window[at - 1]!;
    window[at] = value;
  };
  const remove = (value: number): void => {
    let at = 0;
    while (window[at] !== value) at++;
    size--;
    for (; at < size; at++) window[at] = window[at + 1]!;
  };
  for (let i = 0; i < Math.min(half, n); i++) insert(values[i]!);
  const medians = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (i + half < n) insert(values[i + half]!);
    if (i > half) remove(values[i - half - 1]!);
    medians[i] = (window[(size - 1) >> 1]! + window[size >> 1]!) / 2;
  }
  return medians;
}
