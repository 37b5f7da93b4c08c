/** Who makes others slow, from evidence: fitted once over a window, then asked run by run. */
import { CaseFile } from "./case-file.ts";
import { fitNormal } from "./normals.ts";
import type { Evidence } from "./evidence.ts";
import { explainFromLog } from "./explain-run.ts";
import type { RunExplanation } from "./findings.ts";
import { groupRuns } from "./grouped-runs.ts";
import type { AttributionModel } from "./model.ts";
import { calendarOf, observe } from "./observations.ts";
import { leastRuns } from "./pair-score.ts";
import { selectCulprits } from "./selection.ts";
import { report } from "./report.ts";

/** Runs of one victim that are looked at, evenly chosen. */
const mostObserved = 20_000;

/**
 * `onProgress` hears the share that is done, 0..1. RangeError for a log that is not sorted or names groups that are not
 * there; runs that tell nothing (reversed, doubled, without an end) are left out.
 */
export function fitAttribution(
  evidence: Evidence,
  options: { onProgress?(share: number): void } = {},
): AttributionModel {
  const { log, groups } = evidence;
  const runs = groupRuns(log, groups.process.length);
  const calendar = calendarOf(runs);
  const normals = runs.map(fitNormal);
  options.onProgress?.(0.2);
  const observed = runs.map((own, group) =>
    observe(group, own, normals[group]!, calendar, { least: 2 * leastRuns, most: mostObserved }),
  );
  options.onProgress?.(0.3);
  const file = new CaseFile(evidence, runs, normals, observed);
  const accepted = selectCulprits(file);
  options.onProgress?.(0.8);
  const model = report(file, runs, normals, accepted);
  options.onProgress?.(1);
  return model;
}

/**
 * `evidence` may be a slice: the runs that touch the run's window, with the model's group numbers. `blamed[i]`: seconds of
 * the excess that run i of the slice is blamed for.
 */
export function explainRun(
  model: AttributionModel,
  evidence: Evidence,
  run: number,
): { explanation: RunExplanation; blamed: Float64Array } {
  return explainFromLog(model, evidence, run);
}
