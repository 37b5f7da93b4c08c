/**
 * The model of the fleet's runs, fitted from columns and kept in the analysis thread: the normals of every group, and what
 * usually runs beside it. Only runs that ended well make a normal.
 */
import { busyBetween, busyTime, usualOverlap, type BusyTime } from "@culprit/analysis";
import { executionKinds, microsPerSecond, type Micros } from "@culprit/protocol/vocabulary";
import type { ExecutionColumns, ExecutionFilter } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";
import { deviatingRows } from "./deviating-runs.ts";
import { eraOf, fitEras, type Era } from "./eras.ts";
import { judge } from "./judgement.ts";
import {
  endOf,
  goodRuns,
  groupKey,
  groupRuns,
  okOutcome,
  secondsOf,
  type GroupRows,
  type RunGroup,
} from "./run-groups.ts";

export type Place = { machineId: number; processId: number };

/** A run, and the processes (on machines) of which to say how long they usually run beside it. */
export type UsualQuestion = { run: RunGroup; startedAt: Micros; beside: readonly Place[] };

/** Runs of the model: those that touch a window, of these machines, processes and kinds. */
export type RunsWithin = Pick<ExecutionFilter, "machineIds" | "processIds" | "kinds" | "from" | "to"> & {
  /** Only those that were over before. */
  endedBefore?: Micros;
};

export type UsualAnswer = {
  /** The run's normal predecessors, oldest first. */
  windows: MicrosWindow[];
  /** In the order of `beside`; null with too few predecessors. */
  overlapSeconds: (number | null)[];
};

/** What is usual comes from this many predecessors, the newest. */
const mostPredecessors = 50;
/** More runs near a window are not looked at one by one. */
const mostNear = 200;
/** Of the busy times that were asked for last so many bends are kept, of 20 bytes each. */
const mostBends = 400_000;

export class RunModel {
  readonly eras = new Map<string, Era[]>();
  readonly fitted: { group: RunGroup; eras: Era[] }[] = [];
  readonly columns: ExecutionColumns;
  readonly #now: Micros;
  /** The groups with those rows alone that deviate: few, and asked for more often than the model is made. */
  readonly #deviating: GroupRows[] = [];
  readonly #groups = new Map<string, GroupRows>();
  /** By place, of its runs. */
  readonly #longest = new Map<string, number>();
  /** In the order in which they were last asked for. */
  readonly #busy = new Map<string, BusyTime>();
  #bends = 0;

  constructor(columns: ExecutionColumns, now: Micros) {
    this.columns = columns;
    this.#now = now;
    for (const group of groupRuns(columns)) {
      this.#groups.set(groupKey(group), group);
      const eras = fitEras(goodRuns(columns, group), group.kind);
      if (eras.length === 0) continue;
      this.eras.set(groupKey(group), eras);
      const { machineId, processId, stepId, kind } = group;
      this.fitted.push({ group: { machineId, processId, stepId, kind }, eras });
      const rows = deviatingRows({ columns, now }, group, eras);
      if (rows.length > 0) this.#deviating.push({ ...group, rows });
    }
  }

  usual({ run, startedAt, beside }: UsualQuestion): UsualAnswer {
    const windows = this.#predecessors(run, startedAt);
    const overlapSeconds = beside.map((place) => {
      const own = place.machineId === run.machineId && place.processId === run.processId;
      const usual = usualOverlap(windows, this.#timeWithin(place), own);
      return usual === null ? null : Math.max(0, usual) / microsPerSecond;
    });
    return { windows, overlapSeconds };
  }

  /** Their rows are positions in the model's columns. */
  groupsWithin(asked: RunsWithin): GroupRows[] {
    return this.#narrow(this.#groups.values(), asked);
  }

  /** The same of those runs alone that had ended and deviate. */
  deviatingWithin(asked: RunsWithin): GroupRows[] {
    return this.#narrow(this.#deviating, asked);
  }

  #narrow(
    all: Iterable<GroupRows>,
    { machineIds, processIds, kinds, from, to, endedBefore = Infinity }: RunsWithin,
  ): GroupRows[] {
    const groups: GroupRows[] = [];
    for (const group of all) {
      if (machineIds && !machineIds.includes(group.machineId)) continue;
      if (processIds && !processIds.includes(group.processId)) continue;
      if (kinds && !kinds.includes(group.kind)) continue;
      const rows = this.#rowsWithin(group.rows, { from, to, endedBefore });
      if (rows.length > 0) groups.push({ ...group, rows });
    }
    return groups;
  }

  /** Rows are in the order of their starts: only those that started before the window are looked at one by one. */
  #rowsWithin(
    rows: Uint32Array,
    { from, to, endedBefore }: { from: Micros; to: Micros; endedBefore: Micros },
  ): Uint32Array {
    const begun = this.#firstFrom(rows, from);
    const inside = rows.subarray(begun, this.#firstFrom(rows, to));
    const reaching = rows.subarray(0, begun).filter((row) => endOf(this.columns, row, Infinity) >= from);
    const all = reaching.length === 0 ? inside : joined(reaching, inside);
    if (endedBefore === Infinity) return all;
    return all.filter((row) => endOf(this.columns, row, Infinity) < endedBefore);
  }

  /** The first of the rows that started at the instant or later. */
  #firstFrom(rows: Uint32Array, instant: Micros): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.columns.startedAt[rows[middle]!]! < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #predecessors(run: RunGroup, startedAt: Micros): MicrosWindow[] {
    const columns = this.columns;
    const eras = this.eras.get(groupKey(run));
    const windows: MicrosWindow[] = [];
    const rows = this.#groups.get(groupKey(run))?.rows ?? new Uint32Array();
    for (let at = rows.length - 1; at >= 0 && windows.length < mostPredecessors; at--) {
      const row = rows[at]!;
      const to = endOf(columns, row, this.#now);
      if (columns.outcome[row] !== okOutcome || to > startedAt) continue;
      const seconds = secondsOf(columns, row, this.#now);
      const from = columns.startedAt[row]!;
      const normal = eraOf(eras, from);
      if (seconds === null || judge({ kind: run.kind, outcome: "ok", seconds }, normal)) continue;
      windows.push({ from, to });
    }
    return windows.toReversed();
  }

  /** How long the runs of a process on one machine were there between two instants, two at once counting twice. */
  #timeWithin(place: Place): (from: Micros, to: Micros) => Micros {
    const { columns } = this;
    const rows = this.#rowsOf(place);
    const longest = this.#longestOf(place, rows);
    return (from, to) => {
      const first = this.#firstFrom(rows, from - longest);
      const end = this.#firstFrom(rows, to);
      if (end - first > mostNear) return busyBetween(this.#busyTime(place), from, to);
      let time = 0;
      for (let at = first; at < end; at++) {
        const row = rows[at]!;
        const until = Math.min(to, endOf(columns, row, this.#now));
        time += Math.max(0, until - Math.max(from, columns.startedAt[row]!));
      }
      return time;
    };
  }

  #longestOf({ machineId, processId }: Place, rows: Uint32Array): Micros {
    const key = `${machineId}/${processId}`;
    let longest = this.#longest.get(key);
    if (longest === undefined) {
      longest = 0;
      for (const row of rows)
        longest = Math.max(longest, endOf(this.columns, row, this.#now) - this.columns.startedAt[row]!);
      this.#longest.set(key, longest);
    }
    return longest;
  }

  /** Of the runs of a process as a whole, on one machine; made when it is asked for, and kept for a while. */
  #busyTime(place: Place): BusyTime {
    const key = `${place.machineId}/${place.processId}`;
    const known = this.#busy.get(key);
    const busy = known ?? this.#makeBusyTime(place);
    if (known) this.#busy.delete(key);
    else this.#bends += busy.at.length;
    this.#busy.set(key, busy);
    for (const [oldest, { at }] of this.#busy) {
      if (this.#bends <= mostBends) break;
      this.#busy.delete(oldest);
      this.#bends -= at.length;
    }
    return busy;
  }

  #makeBusyTime(place: Place): BusyTime {
    const columns = this.columns;
    const rows = this.#rowsOf(place);
    const startedAt = new Float64Array(rows.length);
    const endedAt = new Float64Array(rows.length);
    for (let at = 0; at < rows.length; at++) {
      startedAt[at] = columns.startedAt[rows[at]!]!;
      endedAt[at] = endOf(columns, rows[at]!, this.#now);
    }
    return busyTime(startedAt, endedAt);
  }

  /** By start: rows are positions in columns sorted by it, and only several kinds are out of order. */
  #rowsOf({ machineId, processId }: Place): Uint32Array {
    const lists = executionKinds.flatMap((kind) => {
      const group = this.#groups.get(groupKey({ machineId, processId, stepId: 0, kind }));
      return group ? [group.rows] : [];
    });
    if (lists.length === 1) return lists[0]!;
    const rows = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0));
    let next = 0;
    for (const list of lists) {
      rows.set(list, next);
      next += list.length;
    }
    return rows.sort();
  }
}

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
