/** What a fit found, in the store's ids and small enough to keep: durations as histograms. Pure; runs in its thread. */
import {
  countWithin,
  distribute,
  type AttributionModel,
  type CulpritFinding,
  type NotSeparable,
  type VictimFinding,
} from "@culprit/analysis";
import type { Place } from "../run-model.ts";
import type { Roster } from "./roster.ts";

type Findings = AttributionModel["findings"];
type Range = { seconds: number; low: number; high: number };

export type FoundVictim = Range &
  Pick<VictimFinding, "slowdownPerSecond" | "exposedRuns" | "unexposedRuns" | "q"> & {
    place: Place;
    /** 1 is normal. */
    relativeDurations: { from: number; to: number; with: number; without: number }[];
  };

export type FoundCulprit = Pick<CulpritFinding, "causedSeconds" | "low" | "high" | "basis"> & {
  processId: number;
  machineIds: number[];
  victims: FoundVictim[];
};

export type FoundGroup = Range & {
  reason: NotSeparable["reason"];
  processes: Place[];
  victims: Place[];
  experiment: { place: Place; shiftSeconds: number };
};

export type Found = Pick<Findings, "slowRuns" | "coverage" | "falseAccusationRate"> & {
  culprits: FoundCulprit[];
  notSeparable: FoundGroup[];
  notEnough: { suspect: Place; victim: Place; exposedRuns: number; unexposedRuns: number }[];
};

/** Of pairs with too few runs, those with most are enough to look at. */
const mostPairs = 100;

export function foundBy(findings: Findings, roster: Roster, shared: Int32Array | null): Found {
  const { slowRuns, coverage, falseAccusationRate, notEnough } = findings;
  const placeOf = (group: number): Place => placeOfGroup(roster, group);
  return {
    slowRuns,
    coverage,
    falseAccusationRate,
    culprits: findings.culprits.map((culprit) => foundCulprit(culprit, roster, shared)),
    notSeparable: findings.notSeparable.map((one) => foundGroup(one, placeOf)),
    notEnough: notEnough.slice(0, mostPairs).map(({ group, victim, exposedRuns, unexposedRuns }) => ({
      suspect: placeOf(group),
      victim: placeOf(victim),
      exposedRuns,
      unexposedRuns,
    })),
  };
}

export function placeOfGroup({ groups }: Roster, group: number): Place {
  const { machineId, processId } = groups[group]!;
  return { machineId, processId };
}

export function foundGroup(
  { reason, groups, victims, seconds, low, high, experiment }: NotSeparable,
  placeOf: (group: number) => Place,
): FoundGroup {
  return {
    reason,
    processes: groups.map(placeOf),
    victims: victims.map(placeOf),
    seconds,
    low,
    high,
    experiment: { place: placeOf(experiment.group), shiftSeconds: experiment.shiftSeconds },
  };
}

function foundCulprit(culprit: CulpritFinding, roster: Roster, shared: Int32Array | null): FoundCulprit {
  const { process, causedSeconds, low, high, basis, victims } = culprit;
  const reaches = (machine: number) => (shared === null ? machine : shared[machine]!);
  const harmed = new Set(victims.map(({ group }) => reaches(roster.groups[group]!.machine)));
  const machineIds = roster.groups
    .filter((group) => group.process === process && harmed.has(reaches(group.machine)))
    .map(({ machineId }) => machineId);
  return {
    processId: roster.processIds[process]!,
    machineIds: [...new Set(machineIds)],
    causedSeconds,
    low,
    high,
    basis,
    victims: victims.map(({ group, seconds, low: least, high: most, exposed, unexposed, ...figures }) => ({
      place: placeOfGroup(roster, group),
      seconds,
      low: least,
      high: most,
      slowdownPerSecond: figures.slowdownPerSecond,
      exposedRuns: figures.exposedRuns,
      unexposedRuns: figures.unexposedRuns,
      q: figures.q,
      relativeDurations: relativeDurations(exposed, unexposed),
    })),
  };
}

function relativeDurations(exposed: Float64Array, unexposed: Float64Array): FoundVictim["relativeDurations"] {
  const all = new Float64Array(exposed.length + unexposed.length);
  all.set(exposed);
  all.set(unexposed, exposed.length);
  const bins = distribute(all);
  const beside = countWithin(bins, exposed);
  const shown: FoundVictim["relativeDurations"] = [];
  // A picture as small as these are drawn has no room for more: two steps are one there.
  const together = bins.length > mostBins ? 2 : 1;
  for (const [at, { fromSeconds, toSeconds, count }] of bins.entries()) {
    const bin = { from: fromSeconds, to: toSeconds, with: beside[at]!, without: count - beside[at]! };
    const before = at % together === 0 ? undefined : shown.pop();
    shown.push(
      before
        ? { ...bin, from: before.from, with: before.with + bin.with, without: before.without + bin.without }
        : bin,
    );
  }
  return shown;
}

const mostBins = 20;
