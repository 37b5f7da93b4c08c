/**
 * The schedule as it was, with what each second beside another costs: all that what-if needs, apart from the evidence, as
 * plain data. It repeats after `span`, whole days, so that runs moved beyond one end come in at the other and every day of
 * the window counts.
 */
import type { Evidence } from "../attribution/evidence.ts";
import { isSorted } from "../intervals.ts";
import { ratesOf, type KnownCost, type PairRate } from "./rates.ts";

export const day = 86_400;

/** Of one group, ascending by start; `timed` as in the log. */
export type GroupRuns = { start: Float64Array; end: Float64Array; timed: Uint8Array };

export type Plan = {
  from: number;
  span: number;
  runs: readonly GroupRuns[];
  machine: Int32Array;
  process: Int32Array;
  sharedBy: Int32Array | null;
  rates: readonly PairRate[];
};

/** Of a model what suspects cost each group as victim. Throws RangeError if the log is not sorted by start. */
export function planFor(
  { costs }: { costs: readonly (readonly KnownCost[])[] },
  { log, groups, sharedBy }: Evidence,
): Plan {
  if (!isSorted(log.start)) throw new RangeError("runs are not sorted by start");
  const from = log.start[0] ?? 0;
  const last = log.start.at(-1) ?? 0;
  return {
    from,
    span: Math.max(1, Math.round((last - from) / day)) * day,
    runs: runsByGroup(log, groups.process.length),
    machine: groups.machine,
    process: groups.process,
    sharedBy,
    rates: ratesOf(costs, groups.process),
  };
}

/** Whether runs on one machine can slow down those on the other: the same, or one that shares something. */
export function reachWithin(sharedBy: Int32Array | null): (machine: number, other: number) => boolean {
  return (machine, other) =>
    machine === other ||
    (sharedBy !== null && sharedBy[machine]! >= 0 && sharedBy[machine] === sharedBy[other]);
}

function runsByGroup({ start, end, group, timed }: Evidence["log"], count: number): GroupRuns[] {
  const sizes = new Uint32Array(count);
  for (const one of group) sizes[one]!++;
  const runs = Array.from(sizes, (size) => ({
    start: new Float64Array(size),
    end: new Float64Array(size),
    timed: new Uint8Array(size),
  }));
  const filled = new Uint32Array(count);
  for (let i = 0; i < start.length; i++) {
    const into = runs[group[i]!]!;
    const at = filled[group[i]!]!++;
    into.start[at] = start[i]!;
    into.end[at] = Math.max(start[i]!, end[i]!);
    into.timed[at] = timed[i]!;
  }
  return runs;
}
