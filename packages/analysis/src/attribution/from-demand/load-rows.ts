/** A machine's samples beside who was running: one row for each minute or so, the mean number of runs of each suspect. */
import { sampleSeconds } from "./background.ts";
import { resources, type MachineSamples, type Resource } from "../evidence.ts";
import type { SoundRuns } from "../sound-runs.ts";

export type LoadRows = {
  /** Mean load in each row, NaN where nothing was sampled. */
  load: Record<Resource, Float64Array>;
  /** Rows of one stretch of time, within which unlogged load changes little, have the same number; ascending. */
  block: Int32Array;
  /** Row i holds entries offset[i] .. offset[i + 1]: which column, and how many ran on average. */
  offset: Int32Array;
  column: Int32Array;
  running: Float32Array;
};

const leastRowSeconds = 60;
const mostRows = 30_000;
const blockSeconds = 3 * 3600;

/** `columnOf` a group, or -1; `runs` are those that may load the machine. */
export function loadRows(samples: MachineSamples, runs: SoundRuns, columnOf: Int32Array): LoadRows {
  const { at } = samples;
  const seconds = sampleSeconds(at);
  const origin = at.length > 0 ? at[0]! - seconds[0]! : 0;
  const span = at.length > 0 ? at.at(-1)! - origin : 0;
  const rowSeconds = Math.max(leastRowSeconds, span / mostRows);
  const rowOf = Int32Array.from(at, (instant) => Math.floor((instant - origin) / rowSeconds - 1e-6));
  const load = { cpu: meanLoad("cpu"), io: meanLoad("io") };
  const rows = load.cpu.length;
  const block = Int32Array.from({ length: rows }, (_, row) => Math.floor((row * rowSeconds) / blockSeconds));

  return { load, block, ...runningIn(runs, columnOf, rows, origin, rowSeconds) };

  function meanLoad(resource: (typeof resources)[number]): Float64Array {
    const count = at.length > 0 ? rowOf.at(-1)! + 1 : 0;
    const sum = new Float64Array(count);
    const weight = new Float64Array(count);
    for (let i = 0; i < at.length; i++) {
      const value = samples.load[resource][i]!;
      if (!Number.isFinite(value)) continue;
      sum[rowOf[i]!]! += value * seconds[i]!;
      weight[rowOf[i]!]! += seconds[i]!;
    }
    return sum.map((total, row) => (weight[row]! > 0 ? total / weight[row]! : NaN));
  }
}

/** The mean number of runs of each column in each row. */
function runningIn(
  runs: SoundRuns,
  columnOf: Int32Array,
  rows: number,
  origin: number,
  rowSeconds: number,
): Pick<LoadRows, "offset" | "column" | "running"> {
  const visit = (take: (row: number, column: number, part: number) => void): void => {
    for (let i = 0; i < runs.start.length; i++) {
      const column = columnOf[runs.group[i]!]!;
      if (column < 0) continue;
      const from = (runs.start[i]! - origin) / rowSeconds;
      const to = (runs.end[i]! - origin) / rowSeconds;
      for (let row = Math.max(0, Math.floor(from)); row < Math.min(rows, to); row++)
        take(row, column, Math.min(to, row + 1) - Math.max(from, row));
    }
  };
  const filled = new Int32Array(rows + 1);
  visit((row) => filled[row + 1]!++);
  for (let row = 0; row < rows; row++) filled[row + 1]! += filled[row]!;
  const all = { column: new Int32Array(filled[rows]!), part: new Float32Array(filled[rows]!) };
  const next = filled.slice();
  visit((row, column, part) => {
    const entry = next[row]!++;
    all.column[entry] = column;
    all.part[entry] = part;
  });
  // Several runs of one column in a row become one entry.
  const offset = new Int32Array(rows + 1);
  const entryOf = new Int32Array(columnOf.length).fill(-1);
  let entries = 0;
  for (let row = 0; row < rows; row++) {
    for (let e = filled[row]!; e < filled[row + 1]!; e++) {
      const column = all.column[e]!;
      const known = entryOf[column]!;
      const entry = known >= offset[row]! ? known : entries++;
      entryOf[column] = entry;
      const before = known === entry ? all.part[entry]! : 0;
      all.column[entry] = column;
      all.part[entry] = before + all.part[e]!;
    }
    offset[row + 1] = entries;
  }
  return { offset, column: all.column.slice(0, entries), running: all.part.slice(0, entries) };
}
