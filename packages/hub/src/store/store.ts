/**
 * What the hub keeps, by noun. Two engines implement it (DuckDB in the process, PostgreSQL); `open.ts` chooses.
 * Instants are whole microseconds since 1970 (`Micros`), durations here too. Reads for the analysis are columns.
 * Each write is one transaction: after it resolves the rows survive a power cut, if it rejects nothing was stored.
 */
import type {
  Acknowledgement,
  CheckNumber,
  CheckState,
  CheckTarget,
  AuditEntry,
  BlindCause,
  Computer,
  Execution,
  ExecutionFlag,
  ExecutionKind,
  ExecutionOutcome,
  ExpectationSource,
  Finding,
  HealthEvidence,
  Labels,
  MachineChange,
  MachineProbe,
  MachineState,
  MaintenanceSchedule,
  Micros,
  OsProcessColumns,
  SeriesDescription,
  SupervisionDetail,
  SupervisionEnding,
  SupervisionEventKind,
  UserRole,
} from "@culprit/protocol";

export type Store = {
  readonly engine: "duckdb" | "postgres";
  /** Made with the store; another one means that the store was set up anew. */
  readonly epoch: string;
  readonly machines: MachineStore;
  readonly catalogue: CatalogueStore;
  readonly intake: IntakeStore;
  readonly executions: ExecutionStore;
  readonly samples: SampleStore;
  readonly osProcesses: OsProcessStore;
  readonly benchmarks: BenchmarkStore;
  readonly access: AccessStore;
  readonly audit: AuditStore;
  readonly expectations: ExpectationStore;
  readonly supervisionEvents: SupervisionEventStore;
  readonly checkins: CheckinStore;
  readonly checks: CheckStore;
  readonly passedOrders: PassedOrderStore;
  readonly health: HealthStore;
  readonly maintenance: MaintenanceStore;
  readonly supervisedRuns: SupervisedRunStore;
  /** Removes what is older; answers the rows removed by kind. */
  removeBefore(limits: {
    samples: Micros;
    executions: Micros;
    keys: Micros;
  }): Promise<Record<string, number>>;
  /** Runs `work` if no other hub holds the lock of that name now; answers whether it ran. */
  exclusively(lock: string, work: () => Promise<void>): Promise<boolean>;
  /** Cheap proof that the store answers; rejects if not. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

export type MachineRow = {
  machineId: number;
  name: string;
  paused: boolean;
  enrolledAt: Micros;
  lastContactAt: Micros | null;
  lastSampleAt: Micros | null;
  clockOffsetMicros: number | null;
  computer: Computer | null;
  labels: Labels;
  group: string | null;
  /** What a person says, whatever its agent tells. */
  timeZone: string | null;
  /** The number of the token with which it enrolled itself. */
  enrolledWith: number | null;
};

/** What a person says of a machine; null: no longer. */
export type MachineRowChange = Omit<MachineChange, "probe">;

/** The registry of machines. */
export type MachineStore = {
  list(): Promise<MachineRow[]>;
  /** Null if the name is taken (compared without case). */
  create(
    name: string,
    now: Micros,
    more?: Partial<Pick<MachineRow, "labels" | "group" | "enrolledWith">>,
  ): Promise<number | null>;
  change(machineId: number, change: MachineRowChange): Promise<"changed" | "absent" | "name-taken">;
  /** Removes the machine, its tokens, check-ins and marks; its history stays until retention takes it. */
  remove(machineId: number): Promise<boolean>;
  contact(contacts: { machineId: number; at: Micros; clockOffsetMicros?: number }[]): Promise<void>;
};

/** Small, growing lists of names; ids never change. All are resolved before, and outside, the transaction that uses them. */
export type CatalogueStore = {
  /** Ids of process names in the order given, made where missing. Names compare without case; the first spelling stays. */
  processIds(names: readonly string[]): Promise<number[]>;
  stepIds(names: readonly string[]): Promise<number[]>;
  /** Of machines that are enrolled. Two that differ in unit or type alone are one, as it was first described. */
  seriesIds(series: readonly MachineSeries[]): Promise<number[]>;
  processes(): Promise<{ processId: number; name: string }[]>;
  steps(): Promise<{ stepId: number; name: string }[]>;
  /** The processes that have executions of this machine: what its limit of names counts. */
  processIdsOf(machineId: number): Promise<number[]>;
};

/** What series of several machines have in common. */
export type SeriesKind = Pick<SeriesDescription, "metric" | "attributes">;
export type MachineSeries = { machineId: number; description: SeriesDescription };

/** One execution ready to be written; `endedAt` null while it runs. */
export type ExecutionRow = {
  machineId: number;
  executionId: string;
  processId: number;
  /** 0: the process as a whole. */
  stepId: number;
  parentId: string | null;
  kind: ExecutionKind;
  startedAt: Micros;
  endedAt: Micros | null;
  outcome: ExecutionOutcome;
  exitCode: number | null;
  pid: number | null;
  attributes: Execution["attributes"] | null;
  flags: ExecutionFlag[];
  cpuSeconds: number | null;
  maxRssBytes: number | null;
  ioReadBytes: number | null;
  ioWriteBytes: number | null;
  peakCpuCores: number | null;
  peakIoBytesPerSecond: number | null;
  runQueueSeconds: number | null;
};

/** One that comes in, with what it wrote if that was told. */
export type ReportedExecution = ExecutionRow & { output?: string };

export type IntakeBatch = {
  machineId: number;
  stream: string;
  sequence: number;
  /** Of the batch as it was sent: the same sequence with another digest is refused. */
  digest: string;
  dropped: readonly { fromSequence: number; toSequence: number; reason: string; rows: number }[];
  receivedAt: Micros;
  executions: readonly ReportedExecution[];
  points: {
    seriesId: readonly number[];
    at: readonly Micros[];
    value: readonly number[];
    intervalSeconds: readonly number[];
  } | null;
  /** Those of the points that are scores of benchmarks. */
  scores?: { seriesId: readonly number[]; at: readonly Micros[]; value: readonly number[] } | null;
  osProcesses: OsProcessColumns | null;
  /** Of this machine's own checks. */
  checkResults?: readonly CheckResultRow[];
  computer: Computer | null;
  deadLetters: readonly { part: string; index: number; code: string; detail: string; body: string }[];
};

/** Executions sent by HTTP, stored all or none: each caller's id counts once per machine. */
export type DirectExecutions = { executions: readonly ReportedExecution[]; receivedAt: Micros };

/**
 * What became of one part of a group. `unavailable`: the engine failed and nothing of this part is known to be stored;
 * send it again later. A `refused` batch has used up its sequence number, so that it never blocks the ones after it.
 */
export type BatchResult = {
  status: Acknowledgement["status"] | "unavailable";
  code?: string;
  detail?: string;
};
export type DirectResult =
  | { status: "stored"; accepted: number; duplicates: number }
  | { status: "refused" | "unavailable"; detail: string };

/**
 * The only way in for rows of the big tables. One call is one group commit; the caller never has two under way.
 * A batch counts once: rows and the stream's high-water mark are written together. One bad part never harms the others,
 * and a failing engine shows as `unavailable` parts: the call itself does not reject for it.
 */
export type IntakeStore = {
  commit(
    batches: readonly IntakeBatch[],
    direct: readonly DirectExecutions[],
  ): Promise<{ batches: BatchResult[]; direct: DirectResult[] }>;
  marks(machineId: number): Promise<{ stream: string; sequence: number }[]>;
  /** The same for several machines in one look-up. */
  marksOf(machineIds: readonly number[]): Promise<{ machineId: number; stream: string; sequence: number }[]>;
  deadLetters(
    machineId: number,
    limit: number,
  ): Promise<
    {
      receivedAt: Micros;
      stream: string;
      sequence: number;
      part: string;
      index: number;
      code: string;
      detail: string;
      body: string;
    }[]
  >;
};

export type ExecutionFilter = {
  machineIds?: readonly number[];
  processIds?: readonly number[];
  /** 0: only whole processes; absent: these and steps. */
  stepId?: number;
  kinds?: readonly ExecutionKind[];
  outcomes?: readonly ExecutionOutcome[];
  /** Executions that touch [from, to): started before `to`, and not ended before `from`. */
  from: Micros;
  to: Micros;
};

/** Sorted by start. Kind and outcome are positions in the protocol's lists. `endedAt` is NaN while it runs, and where the length is not known. */
export type ExecutionColumns = {
  length: number;
  machineId: Int32Array;
  processId: Int32Array;
  stepId: Int32Array;
  kind: Uint8Array;
  outcome: Uint8Array;
  startedAt: Float64Array;
  endedAt: Float64Array;
};

/**
 * Whole runs with what each used, sorted by start; what was not measured is NaN. `flags` has a bit for each position in the
 * protocol's list; `part` is 1 of a run that another one is the parent of. `ioBytes` are read and written.
 */
export type MeasuredExecutions = Omit<ExecutionColumns, "stepId"> & {
  flags: Int32Array;
  part: Uint8Array;
  cpuSeconds: Float32Array;
  ioBytes: Float32Array;
  peakCpuCores: Float32Array;
  peakIoBytesPerSecond: Float32Array;
};

/** `part` counts from 0 at the window's start; `failed` are those that failed, timed out or were lost. */
export type DensityRow = {
  machineId: number;
  processId: number;
  stepId: number;
  part: number;
  runs: number;
  failed: number;
  busyMicros: number;
};

export type ExecutionStore = {
  /** Newest first; `before` continues a list. */
  list(
    filter: ExecutionFilter,
    limit: number,
    before?: { startedAt: Micros; executionId: string },
  ): Promise<ExecutionRow[]>;
  /** All executions with this id: one per machine that used it. A finished one hides its running record. */
  byId(executionId: string, machineId?: number): Promise<ExecutionRow[]>;
  /** The end of what it wrote; null if that was never told. */
  output(machineId: number, executionId: string): Promise<string | null>;
  /** Changes what a run under way wrote; false if it is not under way. */
  changeOutput(
    machineId: number,
    executionId: string,
    change: (output: string | null) => string,
  ): Promise<boolean>;
  children(machineId: number, parentId: string): Promise<ExecutionRow[]>;
  /** Those that share most time with [from, to), longest first; one that still runs shares until `to`. */
  overlapping(filter: ExecutionFilter, limit: number): Promise<ExecutionRow[]>;
  /** Those that started at one of these instants (at most 1000), of these machines and processes; in any order. */
  startedAt(
    instants: readonly Micros[],
    machineIds: readonly number[],
    processIds: readonly number[],
  ): Promise<ExecutionRow[]>;
  /** At most `limit` rows, the newest. */
  columns(filter: ExecutionFilter, limit: number): Promise<ExecutionColumns>;
  /** The same of whole runs, never steps, with what they used: 46 bytes each. */
  measured(filter: Omit<ExecutionFilter, "stepId">, limit: number): Promise<MeasuredExecutions>;
  /**
   * Runs counted by machine, process, step and the part of the window in which they start; those that began before it are in
   * the first part. Grouped by machine, so that a store that is spread by it counts where the rows are.
   */
  density(filter: ExecutionFilter, part: Micros, limit: number): Promise<DensityRow[]>;
  /** How many rows there are and the newest arrival, to see whether a model is out of date. */
  newest(): Promise<{ count: number; startedAt: Micros | null }>;
};

export type SeriesColumns = {
  seriesId: number;
  machineId: number;
  description: SeriesDescription;
  /** Start of each step that has data, with its mean (gauges) or rate per second (counters). */
  times: Float64Array;
  values: Float64Array;
};

/** `at` is the start of a step; `values` are in the order of the columns asked for. */
export type CombinedSeries = { machineId: Int32Array; at: Float64Array; values: readonly Float32Array[] };

export type SampleStore = {
  /** The series of some machines, all metrics if none is named. */
  described(
    machineIds: readonly number[],
    metrics?: readonly string[],
  ): Promise<{ seriesId: number; machineId: number; description: SeriesDescription }[]>;
  /** What kinds of series of these metrics the machines have, and how many machines have each. */
  kinds(
    machineIds: readonly number[],
    metrics: readonly string[],
  ): Promise<(SeriesKind & { machines: number })[]>;
  series(seriesIds: readonly number[], from: Micros, to: Micros, step: Micros): Promise<SeriesColumns[]>;
  /**
   * Mean (gauges) or rate (counters) of each series of these metrics over each window; NaN without data. Row = series,
   * column = window. A sample speaks for the time up to it, so the first one after a window belongs to it in part.
   */
  means(
    machineId: number,
    windows: readonly { from: Micros; to: Micros }[],
    metrics: readonly string[],
  ): Promise<{ description: SeriesDescription; values: Float64Array }[]>;
  /**
   * Several kinds of series of a machine as one column: the sum, or the largest, of their means (gauges) or rates (counters) in each
   * step that has data. One row for each machine and step, by machine and time; NaN where a column's series have none.
   */
  combined(
    machineIds: readonly number[],
    columns: readonly { kinds: readonly SeriesKind[]; by: "sum" | "max" }[],
    window: { from: Micros; to: Micros },
    step: Micros,
  ): Promise<CombinedSeries>;
  /**
   * Mean (gauges) or rate (counters) of the samples in each window, NaN without any. Row = series in the order given, column =
   * window. Windows of whole five minutes are answered from the roll-up.
   */
  averages(
    seriesIds: readonly number[],
    windows: readonly { from: Micros; to: Micros }[],
  ): Promise<Float64Array>;
  /** The sum of a counter's increments in whole five minutes of the window; of one that has just begun, up to its end. */
  totals(seriesIds: readonly number[], from: Micros, to: Micros): Promise<Map<number, number>>;
  /**
   * The newest values not older than `since`, put together as in `combined`. One row for each machine that has any; NaN where
   * a column's series have none.
   */
  newest(
    machineIds: readonly number[],
    columns: readonly { kinds: readonly SeriesKind[]; by: "sum" | "max" }[],
    since: Micros,
  ): Promise<{ machineId: Int32Array; values: readonly Float64Array[] }>;
};

export type ScoreColumns = {
  machineId: number;
  description: SeriesDescription;
  at: Float64Array;
  value: Float64Array;
};

export type BenchmarkStore = {
  /** The newest by benchmark and what measured it, each by time; only those that have scores. */
  scores(machineIds: readonly number[], since: Micros): Promise<ScoreColumns[]>;
};

export type OsProcessRow = { [K in keyof OsProcessColumns]: OsProcessColumns[K][number] };

export type OsProcessStore = {
  /** The newest row of each OS process in (since, at]. */
  at(machineId: number, since: Micros, at: Micros): Promise<OsProcessRow[]>;
  history(machineId: number, uid: string, from: Micros, to: Micros): Promise<OsProcessRow[]>;
  /** Sums by name and user of the rows in each window; `window` is its position in the list. */
  usage(
    machineId: number,
    windows: readonly { from: Micros; to: Micros }[],
  ): Promise<
    {
      window: number;
      name: string;
      user: string;
      cpuSeconds: number;
      ioBytes: number | null;
      rssBytes: number;
      runQueueSeconds: number | null;
    }[]
  >;
};

export type UserRow = {
  userId: number;
  name: string;
  role: UserRole;
  passwordHash: string;
  createdAt: Micros;
};

/** `machine` tokens and `enroll` tokens carry no user; `session` and `once` expire. Only hashes are kept. */
export type TokenRow = {
  tokenId: number;
  hash: string;
  kind: "machine" | "user" | "session" | "once" | "enroll";
  name: string;
  role: UserRole | null;
  machineId: number | null;
  userId: number | null;
  /** Of `uses` that it had at first. */
  usesLeft: number | null;
  uses: number | null;
  madeBy: string | null;
  createdAt: Micros;
  expiresAt: Micros | null;
  lastUsedAt: Micros | null;
};

export type AccessStore = {
  users(): Promise<UserRow[]>;
  /** Creates the user, or sets password and role of the one with this name. */
  putUser(user: Omit<UserRow, "userId">): Promise<number>;
  /** Of one kind, where it is named. */
  tokens(kind?: TokenRow["kind"]): Promise<TokenRow[]>;
  /** `usesLeft` is also what it had at first. */
  addToken(token: Omit<TokenRow, "tokenId" | "lastUsedAt" | "uses">): Promise<number>;
  tokensByHash(hashes: readonly string[]): Promise<TokenRow[]>;
  /** Takes one use of a token that has a number of them; false if none was left. */
  useToken(tokenId: number, now: Micros): Promise<boolean>;
  /** Of that kind alone, where one is named. */
  removeToken(tokenId: number, kind?: TokenRow["kind"]): Promise<boolean>;
};

/** Who did what to what. `machine`: the name, at that time, of the one that it was about. */
export type AuditRow = {
  entryId: number;
  at: Micros;
  actor: string;
  action: string;
  target: string;
  machine: string | null;
  outcome: AuditEntry["outcome"];
  detail: string;
};

export type AuditStore = {
  add(entry: Omit<AuditRow, "entryId">): Promise<void>;
  /** Those in [from, to), newest first; `before` continues a list. */
  list(
    filter: { from: Micros; to: Micros; actions?: readonly string[]; actor?: string; machine?: string },
    limit: number,
    before?: { at: Micros; entryId: number },
  ): Promise<AuditRow[]>;
};

/** What is expected of a process on a machine. `cron` has a `timeZone`; with neither it nor `everySeconds` only lengths are bound. */
export type ExpectationRow = {
  expectationId: number;
  machineId: number;
  processId: number;
  source: ExpectationSource;
  cron: string | null;
  timeZone: string | null;
  everySeconds: number | null;
  graceSeconds: number;
  maxSeconds: number | null;
  minSeconds: number | null;
  enabled: boolean;
  /** 0..1, of a learnt one. */
  confidence: number | null;
  /** Starts before it are not expected. */
  effectiveFrom: Micros;
  changedAt: Micros;
};

export type ExpectationStore = {
  list(): Promise<ExpectationRow[]>;
  /** Takes the place of the one of this process, machine and source; only another schedule takes effect anew. */
  put(expectations: readonly Omit<ExpectationRow, "expectationId">[]): Promise<ExpectationRow[]>;
  remove(expectationIds: readonly number[]): Promise<number>;
};

export type SupervisionEventRow = {
  eventId: number;
  machineId: number;
  processId: number;
  kind: SupervisionEventKind;
  /** What it is about; with machine, process and kind it names the fact. */
  subject: string;
  beganAt: Micros;
  noticedAt: Micros;
  expectedAt: Micros | null;
  executionId: string | null;
  detail: SupervisionDetail;
  endedAt: Micros | null;
  ending: SupervisionEnding | null;
  withdrawn: boolean;
};

export type SupervisionEventFilter = {
  machineIds?: readonly number[];
  processIds?: readonly number[];
  kinds?: readonly SupervisionEventKind[];
  /** Events that touch [from, to). */
  from: Micros;
  to: Micros;
  /** Only those that are not over. */
  open?: boolean;
  /** Also those that turned out not to be so. */
  withdrawn?: boolean;
};

export type SupervisionEventStore = {
  /** Newest first; `before` continues a list. */
  list(
    filter: SupervisionEventFilter,
    limit: number,
    before?: { beganAt: Micros; eventId: number },
  ): Promise<SupervisionEventRow[]>;
  /** Adds a fact that is new; of a known one all but its number and `noticedAt` takes the place of what was there. */
  put(events: readonly Omit<SupervisionEventRow, "eventId">[]): Promise<void>;
  /** Of these machines and processes those that were over at or after `from`, withdrawn or not. */
  endedSince(
    filter: { from: Micros; machineIds: readonly number[]; processIds: readonly number[] },
    limit: number,
  ): Promise<SupervisionEventRow[]>;
  /** What the last sweep left for the next, on whichever hub. */
  mark(): Promise<string | null>;
  setMark(mark: string): Promise<void>;
};

/** Sorted by start. Kind and outcome are positions in the protocol's lists; `timed` is 0 for a run whose length is not known. */
export type SupervisedRunColumns = {
  machineId: Int32Array;
  processId: Int32Array;
  kind: Uint8Array;
  outcome: Uint8Array;
  timed: Uint8Array;
  startedAt: Float64Array;
  endedAt: Float64Array;
};

/** The runs that supervision looks at: whole processes, and no web requests. */
export type SupervisedRunStore = {
  /** Those that ended at or after `from`, at most `limit`, the newest. */
  ended(
    filter: { from: Micros; machineIds?: readonly number[]; processIds?: readonly number[] },
    limit: number,
  ): Promise<SupervisedRunColumns>;
  /** Those under way, at most `limit`, the newest. */
  running(limit: number): Promise<ExecutionRow[]>;
  /** Of each machine with executions that were first seen at or after `since`, the earliest start among them. */
  arrivedSince(since: Micros): Promise<{ machineId: number; startedAt: Micros }[]>;
};

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
  /** Of each of these checks the last before the window and the first after it; and of the window, the newest `most`. By time. */
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

/** `by`: for whom, in the agent's audit. After `expiresAt` nobody takes it any more. */
export type PassedOrderRow = {
  machineId: number;
  orderId: string;
  name: string;
  arguments: unknown;
  by: string | null;
  timeoutSeconds: number;
  expiresAt: Micros;
};
type OrderKey = Pick<PassedOrderRow, "machineId" | "orderId">;

/** Orders that one hub passes on to another that a machine is connected to. */
export type PassedOrderStore = {
  add(order: PassedOrderRow): Promise<void>;
  /** Not taken and not expired, of these machines, the oldest first, not all if very many. */
  waiting(now: Micros, machineIds: readonly number[]): Promise<PassedOrderRow[]>;
  /** True for one caller alone. */
  take(order: OrderKey): Promise<boolean>;
  answer(order: OrderKey, answer: unknown): Promise<void>;
  /** Undefined while there is none. */
  answerTo(order: OrderKey): Promise<unknown>;
  /** Removes it if nobody has taken it; true: nobody will. */
  withdraw(order: OrderKey): Promise<boolean>;
  remove(order: OrderKey): Promise<void>;
  removeExpired(before: Micros): Promise<void>;
};

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

/** What the health checker knows of a machine beside its contacts. */
export type WatchRow = {
  machineId: number;
  address: string | null;
  probe: MachineProbe | null;
  /** The last probe that was answered. */
  answered: { address: string; probe: MachineProbe; at: Micros } | null;
};

export type HealthRow = {
  machineId: number;
  state: MachineState;
  since: Micros;
  evidence: HealthEvidence[];
};

export type BlindTime = { beganAt: Micros; endedAt: Micros | null; cause: BlindCause };

/** Which states machines are in, and were. */
export type HealthStore = {
  watched(): Promise<WatchRow[]>;
  /** Changes what is given of each. */
  watch(rows: readonly (Pick<WatchRow, "machineId"> & Partial<WatchRow>)[]): Promise<void>;
  /** The state of each machine that was decided last. */
  current(): Promise<HealthRow[]>;
  /** Notes changes, each once; one into the state that the machine is in already is none. */
  change(rows: readonly HealthRow[]): Promise<void>;
  /** By time, those in the window and of each machine the last one before it; of some machines or all. */
  transitions(window: { from: Micros; to: Micros }, machineIds?: readonly number[]): Promise<HealthRow[]>;
  /** Until when somebody watched; null before the first time. */
  watchedUntil(): Promise<Micros | null>;
  setWatchedUntil(at: Micros): Promise<void>;
  /** By time, those that touch the window. */
  blindTimes(window: { from: Micros; to: Micros }): Promise<BlindTime[]>;
  /** Notes one, or the end of one that began then. */
  putBlindTime(time: BlindTime): Promise<void>;
};

export type MaintenanceRow = {
  maintenanceId: number;
  /** 0: all machines. */
  machineId: number;
  name: string;
  schedule: MaintenanceSchedule;
  from: Micros;
  until: Micros | null;
  createdAt: Micros;
};

export type MaintenanceStore = {
  list(): Promise<MaintenanceRow[]>;
  /** "too-many": there are that many already. */
  add(row: Omit<MaintenanceRow, "maintenanceId">, most: number): Promise<MaintenanceRow | "too-many">;
  /** Answers whether there is such a one. */
  change(
    maintenanceId: number,
    change: Partial<Pick<MaintenanceRow, "name" | "schedule" | "from" | "until">>,
  ): Promise<boolean>;
  remove(maintenanceId: number): Promise<boolean>;
};
