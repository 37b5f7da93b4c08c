/** The store's columns as the evidence that attribution is told. Pure; runs in the attribution thread. */
import {
  clockChanges,
  isTimeZone,
  usageDemand,
  type Evidence,
  type MachineCapacity,
} from "@culprit/analysis";
import { executionFlags, executionKinds, microsPerSecond } from "@culprit/protocol/vocabulary";
import type { MeasuredExecutions } from "../../store/store.ts";
import { endOf, okOutcome } from "../run-groups.ts";
import { machineLoads } from "./machine-load.ts";
import type { RawEvidence } from "./raw-evidence.ts";
import { Roster, type KnownGroup } from "./roster.ts";

export type ReadEvidence = {
  evidence: Evidence;
  /** The row of each run of the log. */
  rows: Uint32Array;
  /** By machine. */
  capacities: readonly MachineCapacity[];
};

/**
 * A slice of the time that was fitted. `subject` is the row that is to be explained: it stays, and its length counts,
 * whatever it is. What machines can do is known from all of the time.
 */
type Slice = { subject: number; capacities: readonly MachineCapacity[] };

/** Where a run was is not known: it would stand beside the wrong ones. */
const misplaced = (["future", "clock-skew", "ambiguous-time"] as const).reduce(
  (bits, flag) => bits | (1 << executionFlags.indexOf(flag)),
  0,
);

/** Records of one run that came two ways differ by less. */
const sameRun = 1 * microsPerSecond;
const webKind = executionKinds.indexOf("web");

/**
 * Left out are runs whose clock was wrong, parts of other runs (they are their parent's own work), reversed ones, and the
 * second record of the same run.
 */
export function toEvidence(raw: RawEvidence, roster: Roster, slice?: Slice): ReadEvidence {
  const subject = slice?.subject ?? -1;
  const { runs, now } = raw;
  const { rows, groups } = chosenRows(raw, roster, subject);
  const start = new Float64Array(rows.length);
  const end = new Float64Array(rows.length);
  const timed = new Uint8Array(rows.length);
  for (const [at, row] of rows.entries()) {
    start[at] = runs.startedAt[row]! / microsPerSecond;
    end[at] = endOf(runs, row, now) / microsPerSecond;
    const ended = runs.outcome[row] === okOutcome && !Number.isNaN(runs.endedAt[row]!);
    timed[at] = ended || row === subject ? 1 : 0;
  }
  const { machines } = roster;
  const loads = machineLoads(machines, raw.samples);
  const capacities = loads.map(({ capacity }, machine) => slice?.capacities[machine] ?? capacity);
  return {
    evidence: {
      log: { start, end, group: groups, timed },
      groups: {
        process: Int32Array.from(roster.groups, ({ process }) => process),
        machine: Int32Array.from(roster.groups, ({ machine }) => machine),
      },
      machines: machines.length,
      sharedBy: roster.sharedBy(raw.shared),
      ...demandsOf(runs, rows, groups, { start, end }, roster.groups, capacities),
      clockChanges: machines.map(({ zone }) => changesIn(zone, raw.window)),
      samples: loads.map(({ samples }) => samples),
    },
    rows,
    capacities,
  };
}

/** Where a machine does not tell its zone, it is taken to be in the hub's. */
function changesIn(zone: string | null, { from, to }: RawEvidence["window"]): number[] {
  const known = zone !== null && isTimeZone(zone) ? zone : Intl.DateTimeFormat().resolvedOptions().timeZone;
  return clockChanges(known, from / 1000, to / 1000).map((at) => at / 1000);
}

function chosenRows(
  { runs, now }: RawEvidence,
  roster: Roster,
  subject: number,
): { rows: Uint32Array; groups: Int32Array } {
  const rows = new Uint32Array(runs.length);
  const groups = new Int32Array(runs.length);
  const last = new Map<number, number>();
  let count = 0;
  for (let row = 0; row < runs.length; row++) {
    const told = row === subject || ((runs.flags[row]! & misplaced) === 0 && runs.part[row] === 0);
    if (!told || endOf(runs, row, now) < runs.startedAt[row]!) continue;
    const group = roster.groupOf(runs.machineId[row]!, runs.processId[row]!, runs.kind[row]!);
    const before = last.get(group);
    if (row !== subject && before !== undefined && isSameRun(runs, rows[before]!, row)) continue;
    last.set(group, count);
    rows[count] = row;
    groups[count++] = group;
  }
  return { rows: rows.slice(0, count), groups: groups.slice(0, count) };
}

/** Requests may well be many at once; a job that starts and ends twice in a second is recorded twice. */
function isSameRun({ kind, startedAt, endedAt }: MeasuredExecutions, a: number, b: number): boolean {
  return (
    kind[a] !== webKind &&
    startedAt[b]! - startedAt[a]! < sameRun &&
    Math.abs(endedAt[b]! - endedAt[a]!) < sameRun
  );
}

function demandsOf(
  runs: MeasuredExecutions,
  rows: Uint32Array,
  groupOfRun: Int32Array,
  { start, end }: { start: Float64Array; end: Float64Array },
  groups: readonly KnownGroup[],
  capacities: readonly MachineCapacity[],
): Pick<Evidence, "demands" | "work"> {
  const demands = { cpu: new Float32Array(rows.length), io: new Float32Array(rows.length) };
  const work = { cpu: new Float32Array(rows.length), io: new Float32Array(rows.length) };
  let known = false;
  for (const [at, row] of rows.entries()) {
    const used = usageDemand(
      {
        seconds: end[at]! - start[at]!,
        cpuSeconds: measured(runs.cpuSeconds[row]!),
        peakCpuCores: measured(runs.peakCpuCores[row]!),
        ioBytes: measured(runs.ioBytes[row]!),
        peakIoBytesPerSecond: measured(runs.peakIoBytesPerSecond[row]!),
      },
      capacities[groups[groupOfRun[at]!]!.machine]!,
    );
    for (const resource of ["cpu", "io"] as const) {
      demands[resource][at] = used[resource].demand;
      work[resource][at] = used[resource].work;
      known ||= !Number.isNaN(used[resource].demand);
    }
  }
  return known ? { demands, work } : { demands: null, work: null };
}

const measured = (value: number): number | null => (Number.isNaN(value) ? null : value);
