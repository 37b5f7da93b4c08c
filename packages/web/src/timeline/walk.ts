/** Which run a key leads to: along its lane in time, or to the nearest in time of the next lane that has one. */
import type { Lane } from "./lanes.ts";
import type { Run } from "./run.ts";
import type { View } from "./view.ts";

export type Step = "previous" | "next" | "up" | "down";

export function walked(
  lanes: readonly Lane[],
  view: View,
  focus: Run | undefined,
  step: Step,
): Run | undefined {
  const filled = lanes.filter(({ rows }) => rows.length > 0);
  const index = filled.findIndex(({ rows }) => rows.some((row) => row.some((run) => run.key === focus?.key)));
  const lane = filled[index];
  if (!focus || !lane) return entrance(filled, view);
  if (step === "up" || step === "down") {
    const beside = filled[index + (step === "up" ? -1 : 1)];
    return beside ? nearest(inOrder(beside), focus.start) : focus;
  }
  const runs = inOrder(lane);
  const position = runs.findIndex(({ key }) => key === focus.key);
  return runs[position + (step === "next" ? 1 : -1)] ?? focus;
}

/** Where the keyboard enters: the newest run in view of the first lane that has one there. */
function entrance(lanes: readonly Lane[], view: View): Run | undefined {
  for (const lane of lanes) {
    const inView = inOrder(lane).filter((run) => run.start < view.to && run.end > view.from);
    if (inView.length > 0) return inView.at(-1);
  }
  return undefined;
}

function inOrder({ rows }: Lane): Run[] {
  return rows.flat().sort((a, b) => a.start - b.start);
}

function nearest(runs: readonly Run[], time: number): Run | undefined {
  let best: Run | undefined;
  for (const run of runs) if (!best || Math.abs(run.start - time) < Math.abs(best.start - time)) best = run;
  return best;
}
