/** Exposures as directions among the runs of a victim, so that what one explains is told once. */

/** Vectors of length 1 that are at right angles to each other: what is explained already. */
export type Basis = readonly Float64Array[];

/** Of less than this part of its length left a direction is none. */
const leastLeft = 1e-6;

/** Takes what `vector` (of length 1) explains off, in place. */
export function project(values: Float64Array, vector: Float64Array): void {
  let along = 0;
  for (let i = 0; i < values.length; i++) along += values[i]! * vector[i]!;
  for (let i = 0; i < values.length; i++) values[i]! -= along * vector[i]!;
}

/** What of the vector the basis leaves, made of length 1, in place; null if that is nothing. */
export function unit(vector: Float64Array, basis: Basis, least = leastLeft): Float64Array | null {
  const before = lengthOf(vector);
  for (const explained of basis) project(vector, explained);
  const length = lengthOf(vector);
  if (!(length > least * before)) return null;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}

export function lengthOf(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
