/**
 * Whether what a suspect shows with a victim is its own: it may differ from each rival, and yet be no more than several of
 * them together (all that start on the full hour, say). Its exposure is held against those of the rivals, the most alike
 * first: R^2 of the one on all of these (Gram-Schmidt), and the score that it keeps beside them.
 */
import { lengthOf, project, unit, type Basis } from "./directions.ts";
import { clusterCorrelation, scorePair } from "./pair-score.ts";
import { centre, type Observations } from "./observations.ts";

export type Entangled = {
  /** Of the suspect's exposure on those of the rivals. */
  rSquared: number;
  /** The score that is left beside them; null where nothing can be told. */
  z: number | null;
  /** Positions of the rivals that together are as good as the suspect, the most alike first; none if they are not. */
  rivals: number[];
};

/** From this R^2 on one can't be told from others. */
export const alike = 0.85;
/** More of them would explain anything, and each needs some runs. */
const most = { rivals: 12, perRun: 0.1 };
/** A direction of less than this part of an exposure is none. */
const leastLeft = 0.02;

/** Exposures as planned; `left` is what is to be explained, `basis` what is explained already, at right angles, of length 1. */
export function entangle(
  observations: Observations,
  left: Float64Array,
  basis: Basis,
  suspect: Float64Array,
  rivals: readonly Float64Array[],
): Entangled {
  const own = suspect.slice();
  centre(own, observations);
  for (const vector of basis) project(own, vector);
  const whole = lengthOf(own);
  const ranked = rivals
    .map((exposure, position) => {
      const vector = exposure.slice();
      centre(vector, observations);
      const before = lengthOf(vector);
      for (const explained of basis) project(vector, explained);
      const along = vector.reduce((sum, value, i) => sum + value * own[i]!, 0);
      return { position, vector, likeness: before > 0 ? Math.abs(along) / before : 0 };
    })
    .filter(({ likeness }) => likeness > 0)
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, Math.min(most.rivals, most.perRun * own.length));
  const wider = [...basis];
  const rest = left.slice();
  const together: number[] = [];
  let rSquared = 0;
  for (const { position, vector } of ranked) {
    if (!unit(vector, wider, leastLeft)) continue;
    project(own, vector);
    project(rest, vector);
    wider.push(vector);
    if (rSquared < alike) together.push(position);
    rSquared = whole > 0 ? 1 - (lengthOf(own) / whole) ** 2 : 1;
  }
  const score = scorePair(
    suspect.slice(),
    rest,
    observations,
    clusterCorrelation(observations.y, observations),
    wider,
  );
  return { rSquared, z: score?.z ?? null, rivals: rSquared >= alike ? together : [] };
}
