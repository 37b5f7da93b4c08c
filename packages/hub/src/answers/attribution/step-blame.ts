/**
 * A step is explained through the run that it is a part of: what the run lost to a process is spread evenly over the time that
 * it stood beside it, and the step has the part of its own time. A fit knows nothing of steps by themselves.
 */
import { overlapLength } from "@culprit/analysis";
import type { Hub } from "../../context.ts";
import type { ExecutionRow, MeasuredExecutions } from "../../store/store.ts";
import type { MicrosWindow } from "../../window.ts";
import { assess } from "../assess.ts";
import { familyOf } from "../family.ts";
import { endOfRow } from "../neighbours.ts";
import { endOf } from "../run-groups.ts";
import type { Place } from "../run-model.ts";
import { blameFor, type Blame } from "./blame.ts";

/** `blame` is null if the whole run was not slow, or nothing tells of it. */
export type StepBlame = { wholeRun: "slow" | "not-slow"; blame: Blame | null };

type StepShare = Blame["shares"][number];

/** Null for a step whose run is not known. */
export async function blameForStep(
  hub: Hub,
  step: ExecutionRow,
  excessSeconds: number,
  family: readonly ExecutionRow[],
): Promise<StepBlame | null> {
  const run = wholeRunOf(step, family);
  if (!run) return null;
  const now = hub.clock.now();
  const baseline = (await hub.normals.latest()).of(run, run.startedAt);
  if (!baseline || assess(hub, run, baseline).deviation?.direction !== "slow")
    return { wholeRun: "not-slow", blame: null };
  const [whole, part] = [windowOf(run, now), windowOf(step, now)];
  const [relatives, runs] = await Promise.all([
    familyOf(hub.store.executions, run),
    hub.store.executions.measured(whole, hub.normals.mostRows),
  ]);
  // The columns are transferred with the question.
  const beside = timesBeside(runs, whole, part);
  const blame = await blameFor(hub, run, baseline.medianSeconds, { runs, family: relatives, window: whole });
  return {
    wholeRun: "slow",
    blame: blame && partOfBlame(blame, { whole, part, excessSeconds, beside }),
  };
}

function wholeRunOf(step: ExecutionRow, family: readonly ExecutionRow[]): ExecutionRow | undefined {
  let one: ExecutionRow | undefined = step;
  while (one && one.stepId !== 0) {
    const { parentId }: ExecutionRow = one;
    one = parentId === null ? undefined : family.find(({ executionId }) => executionId === parentId);
  }
  return one;
}

const windowOf = (row: ExecutionRow, now: number): MicrosWindow => ({
  from: row.startedAt,
  to: endOfRow(row, now),
});

/** Of all runs of a process on a machine together, in the run's window and in the step's. */
type TimeBeside = { whole: number; part: number };
type TimesBeside = ReadonlyMap<string, TimeBeside>;

function timesBeside(runs: MeasuredExecutions, whole: MicrosWindow, part: MicrosWindow): TimesBeside {
  const times = new Map<string, TimeBeside>();
  for (let row = 0; row < runs.length; row++) {
    const key = keyOf({ machineId: runs.machineId[row]!, processId: runs.processId[row]! });
    const [start, end] = [runs.startedAt[row]!, endOf(runs, row, whole.to)];
    const sum = times.get(key) ?? { whole: 0, part: 0 };
    sum.whole += overlapLength(start, end, whole.from, whole.to);
    sum.part += overlapLength(start, end, part.from, part.to);
    times.set(key, sum);
  }
  return times;
}

type Parts = { whole: MicrosWindow; part: MicrosWindow; excessSeconds: number; beside: TimesBeside };

/** Others have no more than the whole excess of the step; what has no place in time, and the rest, is unexplained. */
export function partOfBlame(blame: Blame, { whole, part, excessSeconds, beside }: Parts): Blame {
  const spread = blame.shares.flatMap((share, at): { share: StepShare; places: readonly Place[] }[] => {
    const places = blame.places[at]!;
    const fraction = fractionBeside(places, beside);
    if (!isOthers(share) || fraction === 0) return [];
    const { seconds, low, high } = share;
    return [
      {
        share: { ...share, seconds: seconds * fraction, low: low * fraction, high: high * fraction },
        places,
      },
    ];
  });
  const sum = (of: (share: StepShare) => number) => spread.reduce((total, { share }) => total + of(share), 0);
  const total = sum(({ seconds }) => seconds);
  const scale = total > excessSeconds ? excessSeconds / total : 1;
  const others = spread.map(({ share, places }) => {
    const seconds = share.seconds * scale;
    const high = Math.max(seconds, Math.min(share.high, excessSeconds));
    return { share: { ...share, seconds, low: share.low * scale, high }, places };
  });
  const rest = excessSeconds - others.reduce((all, { share }) => all + share.seconds, 0);
  const unexplained: StepShare = {
    cause: "unexplained",
    seconds: rest,
    low: Math.max(0, excessSeconds - sum(({ high }) => high)),
    high: Math.max(0, excessSeconds - sum(({ low }) => low * scale)),
  };
  const shares = [...others, ...(rest > 1e-9 * excessSeconds ? [{ share: unexplained, places: [] }] : [])];
  const sorted = shares.toSorted((a, b) => b.share.seconds - a.share.seconds);
  return {
    ...blame,
    verdict: verdictOf(blame.verdict, sorted[0]?.share, excessSeconds),
    shares: sorted.map(({ share }) => share),
    places: sorted.map(({ places }) => places),
    blamedSeconds: (neighbour) => {
      const blamed = blame.blamedSeconds(neighbour);
      if (blamed === null) return null;
      const { from, to } = windowOf(neighbour, whole.to);
      const time = overlapLength(from, to, whole.from, whole.to);
      return time === 0 ? 0 : (blamed * scale * overlapLength(from, to, part.from, part.to)) / time;
    },
  };
}

const isOthers = ({ cause }: StepShare): boolean => cause === "process" || cause === "group";

/** A group's processes share their time: the part of all of them together. */
function fractionBeside(places: readonly Place[], beside: TimesBeside): number {
  const times = places.flatMap((place) => beside.get(keyOf(place)) ?? []);
  const whole = times.reduce((sum, one) => sum + one.whole, 0);
  return whole === 0 ? 0 : times.reduce((sum, one) => sum + one.part, 0) / whole;
}

/** Never surer than the run's, and only with half of the step's own excess. */
function verdictOf(
  ofRun: Blame["verdict"],
  first: StepShare | undefined,
  excessSeconds: number,
): Blame["verdict"] {
  const verdict = first?.cause === "group" ? "not-separable" : "culprit";
  const clear = first !== undefined && isOthers(first) && first.seconds >= excessSeconds / 2;
  return clear && (ofRun === verdict || ofRun === "culprit") ? verdict : "unknown";
}

const keyOf = ({ machineId, processId }: Place): string => `${machineId}/${processId}`;
