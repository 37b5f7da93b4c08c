/**
 * Order statistics without a full sort: Hoare's quickselect with a median-of-three pivot, linear on average, in place.
 * Repeated values and sorted input keep it linear, because both scans stop at values equal to the pivot.
 */

/** The value that would stand at `rank` (from 0) if `values` were sorted; reorders `values` around it. No NaN. */
export function select(values: Float64Array, rank: number, from = 0, to = values.length): number {
  if (!(Number.isInteger(rank) && rank >= from && rank < to && to <= values.length))
    throw new RangeError(`rank ${rank} outside [${from}, ${to})`);
  let left = from;
  let right = to - 1;
  while (right - left > smallEnough) {
    const pivot = medianOfThree(values[left]!, values[(left + right) >>> 1]!, values[right]!);
    let up = left;
    let down = right;
    while (up <= down) {
      while (values[up]! < pivot) up++;
      while (values[down]! > pivot) down--;
      if (up > down) break;
      const swapped = values[up]!;
      values[up++] = values[down]!;
      values[down--] = swapped;
    }
    if (rank <= down) right = down;
    else if (rank >= up) left = up;
    else return values[rank]!;
  }
  sortFew(values, left, right);
  return values[rank]!;
}

/** By insertion: a call of the built-in sort costs more than a dozen values do. */
function sortFew(values: Float64Array, left: number, right: number): void {
  for (let i = left + 1; i <= right; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > left && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
}

const smallEnough = 16;

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
