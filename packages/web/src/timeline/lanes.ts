/**
 * Where runs stand: lanes = machine > process > steps, runs that overlap in rows of their lane.
 * Lanes are sorted by top; within a row runs are sorted by start and, but for the last row, do not overlap.
 */
import { noteCrowded } from "./crowded.ts";
import type { CheckMarks, Incident, Marks } from "./marks.ts";
import type { Run } from "./run.ts";

export type Lane = {
  kind: "machine" | "check" | "process" | "step";
  key: string;
  label: string;
  machine: string;
  processId: string | undefined;
  top: number;
  height: number;
  rows: Run[][];
  /** Of a process: whether it has steps, and whether they are shown below it. */
  steps?: "shown" | "hidden";
  /** When it was to start, and which of these starts did not take place. */
  marks?: Marks;
  /** Of a check: when it was not well. */
  incidents?: Incident[];
};

export const laneHeights = { machine: 24, row: 16, stepRow: 10, check: 14, gap: 4 } as const;

/** Past this many at a time, runs of a lane share its last row. */
const mostRows = 5;

/** `machines` off leaves out the headings where all is about one machine; `foremost` is the machine at the top. */
export type LaneOptions = {
  steps: boolean;
  /** Keys of process lanes that are the other way than `steps` says. */
  turned?: ReadonlySet<string>;
  /** A process that has only missed starts gets a lane too. */
  marks?: readonly Marks[];
  /** Each has a lane above the processes of its machine; those of the hub above all. */
  checks?: readonly CheckMarks[];
  folded: ReadonlySet<string>;
  machines?: boolean;
  foremost?: string | undefined;
};

export function buildLanes(
  runs: readonly Run[],
  { steps, turned, marks = [], checks = [], folded, machines = true, foremost }: LaneOptions,
): Lane[] {
  const lanes: Lane[] = [];
  let top = 0;
  const add = (lane: Omit<Lane, "top" | "height">, height: number) => {
    lanes.push({ ...lane, top, height });
    top += height;
  };
  const addChecks = (machine: string) => {
    for (const { key, check, incidents } of checks.filter((one) => one.machine === machine))
      add(
        { kind: "check", key, label: check, machine, processId: undefined, rows: [], incidents },
        laneHeights.check,
      );
  };
  addChecks("");
  const ofSubject = new Map(marks.map((one) => [`${one.machine} ${one.process}`, one]));
  const missing = marks.filter(({ missed }) => missed.length > 0);
  for (const [machine, ofMachine] of foremostFirst(
    grouped(
      runs,
      (run) => run.machine,
      [...missing, ...checks].map((one) => one.machine).filter((one) => one !== ""),
    ),
    foremost,
  )) {
    if (machines) {
      const heading = { kind: "machine", key: machine, label: machine, machine } as const;
      add({ ...heading, processId: undefined, rows: [] }, laneHeights.machine);
    }
    if (folded.has(machine)) continue;
    addChecks(machine);
    const missingHere = missing.filter((one) => one.machine === machine).map((one) => one.process);
    for (const [process, ofProcess] of grouped(ofMachine, (run) => run.process, missingHere)) {
      const whole = rowsOf(ofProcess.filter((run) => run.step === undefined));
      const inner = ofProcess.filter((run) => run.step !== undefined);
      const key = `${machine} ${process}`;
      const own = ofSubject.get(key);
      const processId = ofProcess[0]?.processId ?? own?.processId;
      const shown = steps !== (turned?.has(key) ?? false);
      add(
        {
          kind: "process",
          key,
          label: process,
          machine,
          processId,
          rows: whole,
          ...(inner.length > 0 ? { steps: shown ? "shown" : "hidden" } : {}),
          ...(own ? { marks: own } : {}),
        },
        Math.max(1, whole.length) * laneHeights.row + laneHeights.gap,
      );
      if (!shown) continue;
      for (const [step, ofStep] of grouped(inner, (run) => run.step ?? "")) {
        const rows = rowsOf(ofStep);
        add(
          { kind: "step", key: `${key} ${step}`, label: step, machine, processId, rows },
          rows.length * laneHeights.stepRow + laneHeights.gap,
        );
      }
    }
  }
  return lanes;
}

function foremostFirst<T>(groups: readonly [string, T][], foremost: string | undefined): [string, T][] {
  return [...groups.filter(([name]) => name === foremost), ...groups.filter(([name]) => name !== foremost)];
}

/** What a lane shows: the runs of its rows, or when its check was not well. Sorted by start. */
export type Item = Run | Incident;

export function itemsOf({ incidents, rows }: Lane): readonly Item[] {
  return incidents ?? rows.flat().sort((a, b) => a.start - b.start);
}

export function isIncident(item: Item): item is Incident {
  return "checkId" in item;
}

export function lanesHeight(lanes: readonly Lane[]): number {
  const last = lanes.at(-1);
  return last ? last.top + last.height : 0;
}

export function rowHeight({ kind }: Lane): number {
  if (kind === "check") return laneHeights.check;
  return kind === "step" ? laneHeights.stepRow : laneHeights.row;
}

/** First fit: each run goes into the first row that is free at its start. */
function rowsOf(runs: readonly Run[]): Run[][] {
  const rows: Run[][] = [];
  const free: number[] = [];
  let crowded = false;
  for (const run of [...runs].sort((a, b) => a.start - b.start)) {
    let row = free.findIndex((end) => end <= run.start);
    const isFull = row === -1 && rows.length === mostRows;
    if (row === -1) row = isFull ? mostRows - 1 : rows.length;
    (rows[row] ??= []).push(run);
    crowded ||= isFull;
    free[row] = Math.max(free[row] ?? -Infinity, run.end);
  }
  for (const row of rows) noteCrowded(row, crowded && row === rows[mostRows - 1]);
  return rows;
}

/** Groups of `empty` names are there also without a run. */
function grouped(
  runs: readonly Run[],
  name: (run: Run) => string,
  empty: readonly string[] = [],
): [string, Run[]][] {
  const groups = new Map<string, Run[]>(empty.map((one) => [one, []]));
  for (const run of runs) {
    const group = groups.get(name(run));
    if (group) group.push(run);
    else groups.set(name(run), [run]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }));
}
