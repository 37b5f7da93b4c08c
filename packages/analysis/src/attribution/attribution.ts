/** Who makes others slow, from evidence: fitted once over a window, then asked run by run. */
import { CaseFile, victimOf } from "./from-log/case-file.ts";
import { coverageOf } from "./coverage.ts";
import { culpritsByDemand } from "./from-demand/demand-findings.ts";
import { fitFromDemand } from "./from-demand/fit-from-demand.ts";
import type { Evidence } from "./evidence.ts";
import { explainFromLog } from "./from-log/explain-from-log.ts";
import { explainFromDemand } from "./from-demand/explain-from-demand.ts";
import { firstLook } from "./from-log/first-look.ts";
import type { CulpritFinding, RunExplanation } from "./findings.ts";
import { groupRuns, type GroupRuns } from "./grouped-runs.ts";
import type { AttributionModel } from "./model.ts";
import { fitNormal } from "./normals.ts";
import { calendarOf, observe } from "./from-log/observations.ts";
import { falseAccusationRate } from "./from-log/own-control.ts";
import { leastRuns } from "./from-log/pair-score.ts";
import { selectCulprits } from "./from-log/selection.ts";
import { report } from "./from-log/report.ts";
import { suspectsOnWeekdays } from "./from-log/weekdays.ts";
import { weekdayFindings } from "./from-log/weekday-findings.ts";

/** Runs of one victim that are looked at, evenly chosen. */
const bounds = { least: 2 * leastRuns, most: 20_000 };

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
  const measured = fitFromDemand(evidence);
  options.onProgress?.(0.5);
  // The log is asked for what measured demand leaves to explain.
  const observed = runs.map((own, group) => {
    const left = measured ? withoutLosses(own, measured.alone) : own;
    const normal = left === own ? normals[group]! : fitNormal(left);
    const clockChanges = evidence.clockChanges?.[groups.machine[group]!] ?? [];
    const seen = observe(group, left, normal, { ...calendar, clockChanges }, bounds);
    return seen && victimOf(seen);
  });
  options.onProgress?.(0.6);
  const file = new CaseFile(evidence, runs, normals, observed);
  const look = firstLook(file);
  options.onProgress?.(0.8);
  const accepted = selectCulprits(file, look);
  options.onProgress?.(0.9);
  const found = report(file, runs, normals, accepted);
  const onWeekdays = suspectsOnWeekdays(file, (group) => runs[group]!.start, accepted);
  const demand = measured?.model ?? null;
  const culprits = demand ? merged(culpritsByDemand(demand, evidence), found.culprits) : found.culprits;
  const findings = {
    culprits,
    notSeparable: [...found.notSeparable, ...weekdayFindings(file, onWeekdays)].toSorted(
      (a, b) => b.seconds - a.seconds,
    ),
    notEnough: look.notEnough,
    slowRuns: 0,
    coverage: null,
    falseAccusationRate: falseAccusationRate(file, culprits.length),
  };
  const { costs, hidden } = found;
  const model = { normals, costs, hidden, weighed: look.weighed, demand, findings };
  const covered = coverageOf(
    evidence,
    runs,
    normals,
    (slice, run) => explainRun(model, slice, run).explanation.verdict,
  );
  options.onProgress?.(1);
  return { ...model, findings: { ...findings, ...covered } };
}

/** The runs as they would have been without what measured contention took; the very same if it took nothing. */
function withoutLosses(runs: GroupRuns, alone: Float64Array): GroupRuns {
  let lost = false;
  const end = runs.end.map((until, i) => {
    const seconds = alone[runs.run[i]!]!;
    if (!(seconds < until - runs.start[i]!)) return until;
    lost = true;
    return runs.start[i]! + seconds;
  });
  return lost ? { ...runs, end } : runs;
}

/** What was measured says more about a process than start times and durations do. */
function merged(measured: CulpritFinding[], fromLog: CulpritFinding[]): CulpritFinding[] {
  const known = new Set(measured.map(({ process }) => process));
  return [...measured, ...fromLog.filter(({ process }) => !known.has(process))].toSorted(
    (a, b) => b.causedSeconds - a.causedSeconds,
  );
}

/**
 * `evidence` may be a slice: the runs that touch the run's window, with the model's group numbers. `blamed[i]`: seconds of
 * the excess that run i of the slice is blamed for; of a run that is not slow, what it cost it all the same.
 * `normalSeconds`: what the caller, who found it slow, takes for its normal; else the model judges.
 */
export function explainRun(
  model: AttributionModel,
  evidence: Evidence,
  run: number,
  normalSeconds?: number,
): { explanation: RunExplanation; blamed: Float64Array } {
  const fromLog = explainFromLog(model, evidence, run, normalSeconds);
  const { explanation } = fromLog;
  const measured = model.demand && explainFromDemand(model.demand, evidence, run, explanation.normalSeconds);
  if (!measured) return fromLog;
  if (explanation.verdict === "normal") return { explanation, blamed: measured.blamed };
  const { verdict, shares, blamed } = measured;
  // What nobody measures (a lock, a network) shows in the log alone.
  const named = explanation.verdict === "culprit" || explanation.verdict === "not-separable";
  if (verdict === "unknown" && named) return fromLog;
  return { explanation: { ...explanation, verdict, shares, basis: "samples" }, blamed };
}
