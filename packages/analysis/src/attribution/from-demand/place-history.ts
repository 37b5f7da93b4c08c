/** What happened at one place over the whole log: each run's contention, and who cost whom how much lost speed. */
import { backgroundOf, meterOf, noBackground } from "./background.ts";
import { contentionOf, gatheredUntil, type Contention, type Gathered } from "./contention.ts";
import { demandCurve, type DemandCurve } from "./demand-curve.ts";
import type { Evidence } from "../evidence.ts";
import { demandOf, type Place } from "./places.ts";
import type { Exposure } from "./sensitivity.ts";
import type { SoundRuns } from "../sound-runs.ts";
import { warpedTotals } from "./warped-totals.ts";

export type PlaceHistory = {
  /** By the place's groups: exposure of each of the group's sound runs, in their order; empty where it needs nothing there. */
  exposures: Exposure[];
  /**
   * Victim x suspect, by the place's groups: seconds that the suspect would have cost the victim's timed runs at
   * sensitivity 1.
   */
  totals: Float64Array;
};

/** The contention that the given runs and the machine's samples make. */
export function contentionAt(
  evidence: Evidence,
  place: Place,
  runs: SoundRuns,
  curve = curveAt(evidence, place, runs),
): Contention {
  const samples = evidence.samples[place.machine];
  return contentionOf(
    curve,
    samples ? backgroundOf(samples, place.resource, curve, place.meter) : noBackground,
  );
}

/** The same place with what a long time of samples tells of its meter. */
export function calibrated(evidence: Evidence, place: Place, curve: DemandCurve): Place {
  const samples = evidence.samples[place.machine];
  return samples ? { ...place, meter: meterOf(samples, place.resource, curve) } : place;
}

/** By group its position among the place's; -1: not there. */
export function localGroups(place: Place, groups: number): Int32Array {
  const local = new Int32Array(groups).fill(-1);
  for (const [position, group] of place.groups.entries()) local[group] = position;
  return local;
}

/** What each run of the place asks for there. */
export function runDemands(evidence: Evidence, place: Place): (row: number, position: number) => number {
  const measured = evidence.demands?.[place.resource];
  return (row, position) => demandOf(place, position, measured ? measured[row]! : NaN);
}

export function curveAt(evidence: Evidence, place: Place, runs: SoundRuns): DemandCurve {
  const local = localGroups(place, evidence.groups.machine.length);
  const asks = runDemands(evidence, place);
  const rows: number[] = [];
  for (let i = 0; i < runs.group.length; i++) {
    const position = local[runs.group[i]!]!;
    if (position >= 0 && place.demand[position]! > 0) rows.push(i);
  }
  return demandCurve({
    start: Float64Array.from(rows, (i) => runs.start[i]!),
    end: Float64Array.from(rows, (i) => runs.end[i]!),
    demand: Float64Array.from(rows, (i) => asks(runs.row[i]!, local[runs.group[i]!]!)),
  });
}

/** How often another's doing is scaled up because the victim's own demand is not to blame. */
const mostOwnPart = 0.95;

/** `planned`: by group, how long its runs usually take. Null if the place was never contended. */
export function placeHistory(
  evidence: Evidence,
  place: Place,
  runs: SoundRuns,
  curve: DemandCurve,
  planned: Float64Array,
): PlaceHistory | null {
  const contention = contentionAt(evidence, place, runs, curve);
  if (contention.from.length === 0) return null;
  const local = localGroups(place, evidence.groups.machine.length);
  const asks = runDemands(evidence, place);
  const rows: number[] = [];
  const counts = new Int32Array(place.groups.length);
  for (let i = 0; i < runs.group.length; i++) {
    const position = local[runs.group[i]!]!;
    if (position < 0) continue;
    rows.push(i);
    counts[position]!++;
  }
  const exposures = Array.from(counts, (count, position) => emptyExposure(place.needs[position] ? count : 0));
  const filled = new Int32Array(counts.length);
  const warped = {
    start: new Float64Array(rows.length),
    end: new Float64Array(rows.length),
    group: Int32Array.from(rows, (i) => local[runs.group[i]!]!),
    weight: new Float64Array(rows.length),
    demand: new Float64Array(rows.length),
  };
  const from: Gathered = { lost: 0, stretch: 0, warp: 0 };
  const to: Gathered = { lost: 0, stretch: 0, warp: 0 };
  for (const [k, i] of rows.entries()) {
    const position = warped.group[k]!;
    const start = runs.start[i]!;
    const seconds = runs.end[i]! - start;
    gatheredUntil(contention, start, from);
    gatheredUntil(contention, runs.end[i]!, to);
    const demand = asks(runs.row[i]!, position);
    const lost = to.lost - from.lost;
    warped.start[k] = from.warp;
    warped.end[k] = to.warp;
    warped.demand[k] = demand;
    if (!place.needs[position]) continue;
    const own = demand * (to.warp - from.warp);
    if (runs.timed[i] && lost > 0) warped.weight[k] = 1 / (1 - Math.min(mostOwnPart, own / lost));
    const exposure = exposures[position]!;
    const at = filled[position]!++;
    const usual = planned[runs.group[i]!]!;
    if (seconds > 0) {
      exposure.lost[at] = lost / seconds;
      exposure.stretch[at] = (to.stretch - from.stretch) / seconds;
    }
    if (usual > 0)
      exposure.planned[at] = (gatheredUntil(contention, start + usual, to).lost - from.lost) / usual;
  }
  return { exposures, totals: warpedTotals(warped, place.groups.length) };
}

function emptyExposure(runs: number): Exposure {
  return {
    lost: new Float32Array(runs),
    stretch: new Float32Array(runs),
    planned: new Float32Array(runs),
  };
}
