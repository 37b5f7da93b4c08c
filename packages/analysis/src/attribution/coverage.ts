/** How many runs were slow, and what share of them gets a definite verdict: of many, evenly chosen ones are explained. */
import { deviationOf } from "../baseline.ts";
import { lowerBound } from "../busy.ts";
import type { Evidence } from "./evidence.ts";
import type { RunVerdict } from "./findings.ts";
import type { GroupRuns } from "./grouped-runs.ts";
import { levelsAt, type Normal } from "./normals.ts";

const mostExplained = 200;
const definite: ReadonlySet<RunVerdict> = new Set(["culprit", "own-work", "host"]);

export type Coverage = { slowRuns: number; coverage: number | null };

/** `verdictOf` a run of a slice of the evidence. */
export function coverageOf(
  evidence: Evidence,
  runs: readonly GroupRuns[],
  normals: readonly (Normal | null)[],
  verdictOf: (slice: Evidence, run: number) => RunVerdict,
): Coverage {
  const slow = runs.flatMap((own, group) => slowOf(own, normals[group]!));
  if (slow.length === 0) return { slowRuns: 0, coverage: null };
  const touching = new Touching(evidence, runs);
  const count = Math.min(mostExplained, slow.length);
  let told = 0;
  for (let k = 0; k < count; k++) {
    const run = slow[Math.floor((k * slow.length) / count)]!;
    const rows = touching.of(run);
    if (definite.has(verdictOf(sliceOf(evidence, rows), rows.indexOf(run)))) told++;
  }
  return { slowRuns: slow.length, coverage: told / count };
}

/** Positions in the log. */
function slowOf({ run, start, end, timed }: GroupRuns, normal: Normal | null): number[] {
  if (!normal) return [];
  const usual = levelsAt(normal, start);
  const slow: number[] = [];
  for (let i = 0; i < run.length; i++) {
    const now = { medianSeconds: Math.exp(usual[i]!), logMedian: usual[i]!, logSpread: normal.spread };
    if (timed[i] && deviationOf(end[i]! - start[i]!, now)?.direction === "slow") slow.push(run[i]!);
  }
  return slow;
}

/** Finds the runs that touch a run's window, of machines that can touch its own. */
class Touching {
  readonly #evidence: Evidence;
  readonly #runs: readonly GroupRuns[];
  /** By group, the end of the last run to end so far. */
  readonly #lastEnds: Float64Array[];

  constructor(evidence: Evidence, runs: readonly GroupRuns[]) {
    this.#evidence = evidence;
    this.#runs = runs;
    this.#lastEnds = runs.map(({ end }) => {
      let last = -Infinity;
      return end.map((one) => (last = Math.max(last, one)));
    });
  }

  of(run: number): number[] {
    const { log, groups } = this.#evidence;
    const place = this.#placeOf(log.group[run]!);
    const rows: number[] = [];
    for (let group = 0; group < groups.machine.length; group++) {
      if (this.#placeOf(group) !== place) continue;
      const { run: row, start, end } = this.#runs[group]!;
      const lastEnds = this.#lastEnds[group]!;
      for (let i = lowerBound(lastEnds, log.start[run]!); i < start.length && start[i]! < log.end[run]!; i++)
        if (end[i]! > log.start[run]!) rows.push(row[i]!);
    }
    return rows.toSorted((a, b) => a - b);
  }

  #placeOf(group: number): number {
    const machine = this.#evidence.groups.machine[group]!;
    return this.#evidence.sharedBy?.[machine] ?? machine;
  }
}

function sliceOf(evidence: Evidence, rows: readonly number[]): Evidence {
  const { log, demands, work } = evidence;
  const used = (of: NonNullable<Evidence["work"]>) => ({
    cpu: Float32Array.from(rows, (row) => of.cpu[row]!),
    io: Float32Array.from(rows, (row) => of.io[row]!),
  });
  return {
    ...evidence,
    log: {
      start: Float64Array.from(rows, (row) => log.start[row]!),
      end: Float64Array.from(rows, (row) => log.end[row]!),
      group: Int32Array.from(rows, (row) => log.group[row]!),
      timed: Uint8Array.from(rows, (row) => log.timed[row]!),
    },
    demands: demands && used(demands),
    work: work && used(work),
  };
}
