/** A world as an analysis is told of it: each process is one group, numbers are the world's. */
import { lowerBound, type Evidence } from "@culprit/analysis";
import type { World } from "../../packages/simulator/src/index.ts";

export function evidenceOf({ plan, observed }: World): Evidence {
  const { start, end, process, timed, demands, work, samples } = observed;
  return {
    log: { start, end, group: process, timed },
    groups: {
      process: Int32Array.from(plan.processes.keys()),
      machine: Int32Array.from(plan.processes, ({ machine }) => machine),
    },
    machines: plan.machines,
    sharedBy: plan.sharedBy && Int32Array.from(plan.sharedBy),
    demands,
    work,
    samples:
      samples?.map(({ at, cpu, io, steal }) => ({ at, load: { cpu, io }, steal })) ??
      Array.from({ length: plan.machines }, () => null),
  };
}

export type Slice = { evidence: Evidence; run: number; rows: Int32Array };

/** Cuts out the runs that touch one run's window, as the hub does to explain it. */
export class Slicer {
  readonly #evidence: Evidence;
  readonly #longest: number;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    const { start, end } = evidence.log;
    this.#longest = start.reduce((most, from, i) => Math.max(most, end[i]! - from), 0);
  }

  around(run: number): Slice {
    const { log, demands, work, samples } = this.#evidence;
    const from = log.start[run]!;
    const to = log.end[run]!;
    const rows: number[] = [];
    for (let i = lowerBound(log.start, from - this.#longest); i < log.start.length && log.start[i]! < to; i++)
      if (log.end[i]! > from || i === run) rows.push(i);
    const own = Int32Array.from(rows);
    const floats = (values: Float64Array) => Float64Array.from(own, (row) => values[row]!);
    const measured = (values: { cpu: Float32Array; io: Float32Array } | null) =>
      values && {
        cpu: Float32Array.from(own, (row) => values.cpu[row]!),
        io: Float32Array.from(own, (row) => values.io[row]!),
      };
    return {
      evidence: {
        ...this.#evidence,
        log: {
          start: floats(log.start),
          end: floats(log.end),
          group: Int32Array.from(own, (row) => log.group[row]!),
          timed: Uint8Array.from(own, (row) => log.timed[row]!),
        },
        demands: measured(demands),
        work: measured(work),
        samples: samples.map((machine) => {
          if (!machine) return null;
          const first = lowerBound(machine.at, from - aroundSeconds);
          const last = lowerBound(machine.at, to + aroundSeconds);
          const cut = (values: Float32Array) => values.subarray(first, last);
          return {
            at: machine.at.subarray(first, last),
            load: { cpu: cut(machine.load.cpu), io: cut(machine.load.io) },
            steal: cut(machine.steal),
          };
        }),
      },
      run: rows.indexOf(run),
      rows: own,
    };
  }
}

/** Samples this long before and after the window come along. */
const aroundSeconds = 60;
