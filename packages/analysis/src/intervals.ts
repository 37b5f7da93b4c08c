/**
 * Intervals are half open, [start, end), in any unit; executions that still run must be given an end before.
 * Touching ones share nothing, one of zero length shares nothing with any, and a reversed one (or NaN) is an error:
 *
 *     overlapLength(0, 10, 4, 6)   // 2
 *     overlapLength(0, 10, 10, 20) // 0: touching
 *     overlapLength(0, 10, 5, 5)   // 0: zero length
 *     overlapLength(0, 10, 6, 4)   // RangeError: reversed
 */

/** Columns of equal length; `group` (a process, say) counts from 0. */
export type Intervals = { start: Float64Array; end: Float64Array; group: Int32Array };

export function overlapLength(start: number, end: number, otherStart: number, otherEnd: number): number {
  checkInterval(start, end);
  checkInterval(otherStart, otherEnd);
  return Math.max(0, Math.min(end, otherEnd) - Math.max(start, otherStart));
}

export function checkInterval(start: number, end: number): void {
  if (!(start <= end)) throw new RangeError(`interval from ${start} to ${end} is reversed or has no end`);
}

/** The same intervals sorted by start; the very same object if they already are. */
export function sortByStart(intervals: Intervals): Intervals {
  if (isSorted(intervals.start)) return intervals;
  const order = orderOf(intervals.start);
  return {
    start: pick(intervals.start, order, new Float64Array(order.length)),
    end: pick(intervals.end, order, new Float64Array(order.length)),
    group: pick(intervals.group, order, new Int32Array(order.length)),
  };
}

export function isSorted(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) return false;
  return true;
}

/** Fills `picked` with the values at the given positions. */
export function pick<T extends Float64Array | Int32Array | Uint8Array>(
  values: T,
  order: Uint32Array | Int32Array,
  picked: T,
): T {
  for (let i = 0; i < order.length; i++) picked[i] = values[order[i]!]!;
  return picked;
}

const digits = 1 << 16;

/**
 * The positions that sort `values`, equal ones in their old order. Radix sort, 16 bits a pass, on the bits of the
 * doubles, which order like integers once the negative ones are turned round; a pass where all digits agree is left out
 * (instants of one decade differ in three of four).
 */
export function orderOf(values: Float64Array): Uint32Array<ArrayBuffer> {
  const count = values.length;
  const keys = sortableBits(values);
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let next = new Uint32Array(count);
  const place = new Uint32Array(digits);
  for (let pass = 0; pass < 4; pass++) {
    place.fill(0);
    for (let i = 0; i < count; i++) place[keys[i * 4 + pass]!]!++;
    if (count === 0 || place[keys[pass]!] === count) continue;
    for (let digit = 0, sum = 0; digit < digits; digit++) {
      const here = place[digit]!;
      place[digit] = sum;
      sum += here;
    }
    for (let i = 0; i < count; i++) {
      const item = order[i]!;
      next[place[keys[item * 4 + pass]!]!++] = item;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** Four 16-bit digits of each value, the lowest first (little-endian machines, as all that Node.js is built for by default). */
function sortableBits(values: Float64Array): Uint16Array {
  const keys = new Uint16Array(values.slice().buffer);
  for (let at = 3; at < keys.length; at += 4) {
    if (keys[at]! & 0x8000) for (let digit = at - 3; digit <= at; digit++) keys[digit]! ^= 0xffff;
    else keys[at]! ^= 0x8000;
  }
  return keys;
}
