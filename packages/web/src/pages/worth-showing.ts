/**
 * For a picture that has no room for all: whole runs of the processes that lost most time or ended badly, then of others on
 * the same machines. Where nothing was notable, some of all.
 */
import type { DeviatingExecution } from "@culprit/protocol";
import type { Run } from "../timeline/run.ts";

const mostLanes = 8;

export function worthShowing(runs: readonly Run[]): Run[] {
  const whole = runs.filter(({ step }) => step === undefined);
  const worth = new Map<string, number>();
  const notable = new Set<string>();
  for (const run of whole) {
    worth.set(laneOf(run), (worth.get(laneOf(run)) ?? 0) + weight(run));
    if (isNotable(run)) notable.add(run.machineId);
  }
  if (worth.size <= mostLanes) return whole;
  const near = whole.filter(({ machineId }) => notable.size === 0 || notable.has(machineId));
  const ranked = [...new Set(near.map(laneOf))].sort((a, b) => (worth.get(b) ?? 0) - (worth.get(a) ?? 0));
  const kept = new Set(ranked.slice(0, mostLanes));
  return near.filter((run) => kept.has(laneOf(run)));
}

/** Slow, or ended badly. */
export function isNotable({ deviation, outcome }: Run): boolean {
  return deviation === "slow" || outcome === "failed" || outcome === "timeout" || outcome === "lost";
}

/** All runs of machines on which one was slow or ended badly; of groups of runs the deviations tell which were slow. */
export function onNotableMachines(runs: readonly Run[], deviations: readonly DeviatingExecution[]): Run[] {
  const machines = new Set(
    deviations
      .filter(({ deviation }) => deviation.direction === "slow")
      .map(({ execution }) => execution.machineId),
  );
  for (const run of runs) if (isNotable(run) || (run.group?.failed ?? 0) > 0) machines.add(run.machineId);
  return runs.filter(({ machineId }) => machines.has(machineId));
}

const laneOf = ({ machineId, processId }: Run) => `${machineId} ${processId}`;

/** Seconds beyond normal; a bad end counts like a minute, any other deviation like a second. */
function weight({ normalEnd, end, deviation, outcome }: Run): number {
  const lost = normalEnd === undefined ? 0 : (end - normalEnd) / 1000;
  const bad = outcome === "failed" || outcome === "timeout" || outcome === "lost" ? 60 : 0;
  return lost + bad + (deviation === undefined ? 0 : 1);
}
