import type { CheckNumber, CheckState, CheckTarget, Finding, Micros } from "@culprit/protocol";

/** One look of a check. */
export type CheckResultRow = {
  checkId: number;
  at: Micros;
  state: CheckState;
  durationSeconds: number;
  text: string;
  numbers: CheckNumber[];
  /** What the text says, as a code; null of plugins and of agents that do not tell it. */
  finding: Finding | null;
};

/** From `at` on `state` was believed of a check; null: from then on no results came. */
export type CheckTransitionRow = Pick<CheckResultRow, "checkId" | "at" | "text" | "finding"> & {
  machineId: number;
  state: CheckState | null;
};

export type CheckRow = {
  checkId: number;
  /** 0: the hub probes. */
  machineId: number;
  name: string;
  target: CheckTarget;
  intervalSeconds: number;
  timeoutSeconds: number;
  retries: number;
  running: boolean;
  /** As whoever believes writes it; null before anything is believed. */
  belief: unknown;
  /** The newest result that the belief rests on. */
  believedUntil: Micros;
  createdAt: Micros;
};

export type CheckChange = Partial<
  Pick<CheckRow, "name" | "target" | "intervalSeconds" | "timeoutSeconds" | "retries" | "running">
>;

/** What is probed on a schedule, and what was found. */
export type CheckStore = {
  list(): Promise<CheckRow[]>;
  add(
    check: Omit<CheckRow, "checkId" | "belief" | "believedUntil">,
    mostPerMachine: number,
  ): Promise<CheckRow | "name-taken" | "too-many">;
  change(checkId: number, change: CheckChange): Promise<"changed" | "absent" | "name-taken">;
  /** Its results go by their age. */
  remove(checkId: number): Promise<boolean>;
  /** All in one commit. A transition that is there already stays as it is. */
  believe(
    news: readonly { checkId: number; belief: unknown; until: Micros }[],
    transitions: readonly CheckTransitionRow[],
  ): Promise<void>;
  /**
   * Of each of these checks the first after the window and, if that is all of the window, the last before it; of the window the
   * newest `most`. By time.
   */
  transitions(
    checkIds: readonly number[],
    window: { from: Micros; to: Micros },
    most: number,
  ): Promise<CheckTransitionRow[]>;
  /** Results of what the hub itself probed. */
  addResults(rows: readonly CheckResultRow[]): Promise<void>;
  /** Newest first. */
  results(
    checkIds: readonly number[],
    window: { from: Micros; to: Micros },
    most: number,
  ): Promise<CheckResultRow[]>;
  /** Of each check what is later than its instant, oldest first. */
  resultsAfter(
    checks: readonly { checkId: number; after: Micros }[],
    most: number,
  ): Promise<CheckResultRow[]>;
  /** Of each check the one of its instant. */
  resultsAt(checks: readonly { checkId: number; at: Micros }[]): Promise<CheckResultRow[]>;
};
