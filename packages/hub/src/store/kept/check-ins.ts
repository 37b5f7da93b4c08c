import type { Micros } from "@culprit/protocol";
import type { ExecutionRow } from "./executions.ts";

/** What a client tells of when its runs are due. */
export type CheckinSchedule = {
  cron?: string;
  everySeconds?: number;
  timeZone?: string;
  graceSeconds?: number;
  maxSeconds?: number;
};

/** A check-in: what clients of other monitors report to. Only the hash of its secret is kept; null: it has none. */
export type CheckinRow = {
  checkinId: number;
  machineId: number;
  slug: string;
  process: string;
  secretHash: string | null;
  schedule: CheckinSchedule | null;
  createdAt: Micros;
  lastAt: Micros | null;
  lastSignal: string | null;
  message: string | null;
};

export type CheckinHeard = { checkinId: number; at: Micros; signal: string; message?: string };

export type CheckinStore = {
  list(): Promise<CheckinRow[]>;
  bySecret(secretHash: string): Promise<CheckinRow | null>;
  /** Those of this slug on one machine, or on all. */
  bySlug(slug: string, machineId?: number): Promise<CheckinRow[]>;
  /** `mostPerMachine` check-ins are kept of one machine. */
  add(
    checkin: Pick<CheckinRow, "machineId" | "slug" | "process" | "secretHash" | "createdAt">,
    mostPerMachine: number,
  ): Promise<CheckinRow | "slug-taken" | "secret-taken" | "too-many">;
  remove(checkinId: number): Promise<boolean>;
  setSchedule(checkinId: number, schedule: CheckinSchedule | null): Promise<void>;
  heard(news: readonly CheckinHeard[]): Promise<void>;
  /** The run with this id if it is under way; looks at no history, unlike `executions.byId`. */
  openRun(machineId: number, executionId: string): Promise<ExecutionRow | null>;
  /** Runs under way whose id begins with this, the newest first, at most 100. */
  openRuns(machineId: number, idPrefix: string): Promise<ExecutionRow[]>;
  /**
   * Runs under way that have outlived their check-in's limit, or `usualLimit` where it has none (also one that is gone),
   * with the limit, the longest first. `idPrefix` comes before the check-in's number in their ids, a hyphen after it.
   */
  overdue(
    now: Micros,
    idPrefix: string,
    usualLimit: Micros,
    most: number,
  ): Promise<{ row: ExecutionRow; limit: Micros }[]>;
};
