/**
 * What measured demand tells: who asks for how much of which resource, how sensitive each victim is, and what each process
 * cost each other. Plain data.
 */
import type { Resource } from "../evidence.ts";
import type { Place } from "./places.ts";
import type { Sensitivity } from "./sensitivity.ts";

/** `place`: position in the model's places. */
export type VictimSensitivity = Sensitivity & { place: number };

/** `seconds` of all the victim's timed runs together, `error` one standard deviation of what is the victim's alone. */
export type Cost = { victim: number; suspect: number; place: number; seconds: number; error: number };

/** What findings show of a victim: some of its timed runs, and how long they took relative to their normal. */
export type Witness = { start: Float64Array; plannedSeconds: number; relative: Float64Array };

export type DemandModel = {
  places: Place[];
  /** By group; of the places it needs. */
  sensitivities: VictimSensitivity[][];
  /** By group and resource: median of what a run uses altogether; NaN if unknown. */
  usualWork: Record<Resource, Float64Array>;
  costs: Cost[];
  /** By group; null where nothing it needs was ever contended. */
  witnesses: (Witness | null)[];
};
