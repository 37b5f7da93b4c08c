/** For a picture that has no room for all: whole runs of the processes that lost most time or ended badly on their machine. */
import type { Run } from "../timeline/run.ts";

const mostLanes = 10;

export function worthShowing(runs: readonly Run[]): Run[] {
  const whole = runs.filter(({ step }) => step === undefined);
  const worth = new Map<string, number>();
  for (const run of whole) worth.set(laneOf(run), (worth.get(laneOf(run)) ?? 0) + weight(run));
  if (worth.size <= mostLanes) return whole;
  const ranked = [...worth].sort(([, a], [, b]) => b - a).slice(0, mostLanes);
  const kept = new Set(ranked.map(([lane]) => lane));
  return whole.filter((run) => kept.has(laneOf(run)));
}

const laneOf = ({ machineId, processId }: Run) => `${machineId} ${processId}`;

/** Seconds beyond normal; a bad end counts like a minute, any other deviation like a second. */
function weight({ normalEnd, end, deviation, outcome }: Run): number {
  const lost = normalEnd === undefined ? 0 : (end - normalEnd) / 1000;
  const bad = outcome === "failed" || outcome === "timeout" || outcome === "lost" ? 60 : 0;
  return lost + bad + (deviation === undefined ? 0 : 1);
}
