/** For a picture that has no room for all: whole runs of processes that deviated or did not end well on their machine. */
import type { Run } from "../timeline/run.ts";

const mostLanes = 10;

export function worthShowing(runs: readonly Run[]): Run[] {
  const whole = runs.filter(({ step }) => step === undefined);
  const lane = ({ machineId, processId }: Run) => `${machineId} ${processId}`;
  if (new Set(whole.map(lane)).size <= mostLanes) return whole;
  const notable = new Set(whole.filter(isNotable).map(lane));
  // A quiet night still deserves a picture.
  const kept = notable.size > 0 ? notable : new Set([...new Set(whole.map(lane))].slice(0, mostLanes));
  return whole.filter((run) => kept.has(lane(run)));
}

function isNotable({ deviation, outcome }: Run): boolean {
  return deviation !== undefined || outcome === "failed" || outcome === "timeout" || outcome === "lost";
}
