/**
 * Whether the start times alone let anybody tell a cause from the others: among the runs of the victim, the cause's share of
 * the window varies on its own (R squared on the shares of all others below 0.85), and at least 8 runs have it beside them
 * and 8 have not. Windows are what runs take alone, so that nothing here depends on who was slow.
 */
import type { Plan } from "./plan.ts";

export const separableRules = { rSquared: 0.85, runs: 8 };

/** Who can touch whom: the same machine, or one that shares something. */
export function canTouch(plan: Plan, one: number, other: number): boolean {
  const machine = plan.processes[one]!.machine;
  const otherMachine = plan.processes[other]!.machine;
  if (one === other) return false;
  return (
    machine === otherMachine ||
    (plan.sharedBy !== null && plan.sharedBy[machine] === plan.sharedBy[otherMachine])
  );
}

/** The processes that start times can tell apart as causes of the victim's slow runs. */
export function separableCauses(plan: Plan, victim: number): Set<number> {
  const suspects = plan.processes.flatMap((_, other) => (canTouch(plan, victim, other) ? [other] : []));
  const windows = runsOfProcess(plan, victim);
  const shares = suspects.map((suspect) => sharesBeside(windows, runsOfProcess(plan, suspect)));
  const inverse = inverseOf(covarianceOf(shares));
  return new Set(
    suspects.filter((_, k) => {
      const exposed = shares[k]!.reduce((count, share) => count + (share > 0.05 ? 1 : 0), 0);
      if (exposed < separableRules.runs || windows.length - exposed < separableRules.runs) return false;
      // R squared of k on all others, from the inverse of the correlations.
      return 1 - 1 / inverse[k]![k]! < separableRules.rSquared;
    }),
  );
}

type Window = { start: number; end: number };

function runsOfProcess({ runs }: Plan, process: number): Window[] {
  const windows: Window[] = [];
  for (let i = 0; i < runs.start.length; i++) {
    if (runs.process[i] === process)
      windows.push({ start: runs.start[i]!, end: runs.start[i]! + runs.usual[i]! });
  }
  return windows;
}

/** For each window the share of it that the others cover, two at once counted twice. Both sorted by start. */
function sharesBeside(windows: readonly Window[], others: readonly Window[]): Float64Array {
  const longest = others.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  let first = 0;
  return Float64Array.from(windows, ({ start, end }) => {
    while (first < others.length && others[first]!.start < start - longest) first++;
    let covered = 0;
    for (let i = first; i < others.length && others[i]!.start < end; i++)
      covered += Math.max(0, Math.min(end, others[i]!.end) - Math.max(start, others[i]!.start));
    return covered / (end - start);
  });
}

/** Correlations, with a trace on the diagonal so that constant columns do no harm. */
function covarianceOf(columns: readonly Float64Array[]): number[][] {
  const standard = columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    return column.map((value) => (deviation > 1e-9 ? (value - mean) / deviation : 0));
  });
  return standard.map((one, i) =>
    standard.map((other, j) =>
      i === j ? 1 + 1e-6 : one.reduce((sum, value, at) => sum + value * other[at]!, 0),
    ),
  );
}

/** Gauss-Jordan with the matrix's own diagonal as pivots: it is positive definite. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: size }, (_, j) => (i === j ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = rows[pivot]![pivot]!;
    for (let column = 0; column < size * 2; column++) rows[pivot]![column]! /= scale;
    for (let row = 0; row < size; row++) {
      const factor = rows[row]![pivot]!;
      if (row === pivot || factor === 0) continue;
      for (let column = 0; column < size * 2; column++) rows[row]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  return rows.map((row) => row.slice(size));
}
