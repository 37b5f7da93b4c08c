/** What the runs of one group show over time, from columns. Pure; runs in the analysis thread. */
import { findChanges, findTrend, logDuration, medianOf, selfOverlap, type Change } from "@culprit/analysis";
import type { SelfOverlap } from "@culprit/protocol";
import { microsPerSecond, type Micros } from "@culprit/protocol/vocabulary";
import type { ExecutionColumns } from "../store/store.ts";
import { goodRuns, endOf, type GroupRows } from "./run-groups.ts";

export type HistoryChange = {
  at: Micros;
  /** Natural logarithms of after over before. */
  ratio: number;
  low: number;
  high: number;
  medianBeforeSeconds: number;
  medianAfterSeconds: number;
  runsAfter: number;
};

/** Shares by which a week is longer than the one before. */
export type HistoryTrend = { since: Micros; perWeek: number; low: number; high: number };

export type RunHistory = {
  changes: HistoryChange[];
  trend: HistoryTrend | null;
  selfOverlap: SelfOverlap;
};

type Runs = { columns: ExecutionColumns; now: Micros };

export function historyOf({ columns, now }: Runs, group: GroupRows): RunHistory {
  const { at, seconds } = goodRuns(columns, group);
  const logs = seconds.map(logDuration);
  const changes = findChanges({ at, logs });
  const last = changes.at(-1)?.run ?? 0;
  const trend = findTrend({ at: at.subarray(last), logs: logs.subarray(last) });
  return {
    changes: changes.map((change, k) => describe(change, changes[k - 1], changes[k + 1], { at, seconds })),
    trend: trend && { since: micros(at[last]!), ...trend },
    selfOverlap: besideItself({ columns, now }, group),
  };
}

function describe(
  { run, ratio, low, high }: Change,
  before: Change | undefined,
  after: Change | undefined,
  { at, seconds }: { at: Float64Array; seconds: Float64Array },
): HistoryChange {
  const end = after?.run ?? seconds.length;
  return {
    at: micros(at[run]!),
    ratio,
    low,
    high,
    medianBeforeSeconds: medianOf(seconds.subarray(before?.run ?? 0, run)),
    medianAfterSeconds: medianOf(seconds.subarray(run, end)),
    runsAfter: end - run,
  };
}

function besideItself({ columns, now }: Runs, { rows }: GroupRows): SelfOverlap {
  const start = new Float64Array(rows.length);
  const end = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k]!;
    start[k] = columns.startedAt[row]!;
    end[k] = Math.max(start[k]!, endOf(columns, row, now));
  }
  const { runs, mostAtOnce, time } = selfOverlap(start, end);
  const runsShare = rows.length === 0 ? 0 : runs / rows.length;
  return { runs, runsShare, mostAtOnce, seconds: time / microsPerSecond };
}

const micros = (seconds: number): Micros => Math.round(seconds * microsPerSecond);
