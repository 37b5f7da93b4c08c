/**
 * The tables as Kysely sees them. Instants are BIGINT microseconds since 1970, ids are numbers made by sequences.
 * Rules for every table, so that PostgreSQL can be spread by machine (Citus): each key of a table with `machine_id`
 * contains it, no foreign keys, no triggers, no identity columns. No unique index on execution, sample, sample_rollup
 * and os_process_sample: they are append-only, and exactly-once comes from stream_mark and execution_key.
 */
import type { Micros } from "@culprit/protocol";

export type Tables = {
  migration: { number: number; name: string; applied_at: Micros };
  property: { name: string; value: string };

  /** `labels` is JSON; `time_zone`: what a person says, whatever its agent tells; `enrolled_with`: the token, by its number. */
  machine: {
    machine_id: number;
    name: string;
    name_key: string;
    paused: boolean;
    enrolled_at: Micros;
    labels: string | null;
    group_name: string | null;
    time_zone: string | null;
    enrolled_with: number | null;
  };
  /** What intake writes about a machine; its row is also the lock that serialises a machine's intake over several hubs. */
  machine_state: {
    machine_id: number;
    last_contact_at: Micros | null;
    last_sample_at: Micros | null;
    clock_offset_micros: number | null;
    computer: string | null;
  };
  process: { process_id: number; name: string; name_key: string };
  step: { step_id: number; name: string; name_key: string };
  /** `attributes` is JSON with sorted keys. */
  series: {
    machine_id: number;
    series_id: number;
    metric: string;
    attributes: string;
    unit: string;
    type: "gauge" | "counter";
  };

  /** `digests`: JSON list of [sequence, digest] of the last batches. */
  stream_mark: {
    machine_id: number;
    stream: string;
    sequence: number;
    digests: string;
    seen_at: Micros;
  };
  dead_letter: {
    machine_id: number;
    received_at: Micros;
    stream: string;
    sequence: number;
    part: string;
    item: number;
    code: string;
    detail: string;
    body: string;
  };

  execution: ExecutionTable;
  /** Executions that have not ended, so that `execution` only ever grows at its end. */
  execution_running: ExecutionTable;
  /** Of the few executions that tell it; apart, so that reading executions never reads it. */
  execution_output: { machine_id: number; execution_id: string; started_at: Micros; output: string };
  /** Ids that were used, kept for some days, so that a repeated call counts once. */
  execution_key: { machine_id: number; execution_id: string; started_at: Micros; seen_at: Micros };

  /**
   * `interval_seconds`: what a counter's increment covers; 0 for gauges. `arrived_at` never falls from one commit to the
   * next, so it says what a roll-up has not yet seen.
   */
  sample: {
    machine_id: number;
    series_id: number;
    at: Micros;
    value: number;
    interval_seconds: number;
    arrived_at: Micros;
  };
  /**
   * Samples by five minutes; a bucket may have several rows, which add up. Gauges: `total` of the values and their number
   * as `weight`; counters: `total` of the increments and the seconds they cover.
   */
  sample_rollup: { machine_id: number; series_id: number; at: Micros; total: number; weight: number };
  os_process_sample: OsProcessTable;
  /** Samples that are kept for as long as executions are: a few a day. */
  /** What is probed; `machine_id` 0: by the hub. `target` and `belief` are JSON. */
  check_definition: {
    check_id: number;
    machine_id: number;
    name: string;
    name_key: string;
    target: string;
    interval_seconds: number;
    timeout_seconds: number;
    retries: number;
    running: boolean;
    belief: string;
    /** The newest result that the belief rests on. */
    believed_until: Micros;
    created_at: Micros;
  };
  /** `state` by its place in `checkStates`; `numbers` and `finding` are JSON. */
  check_result: {
    machine_id: number;
    check_id: number;
    at: Micros;
    state: number;
    duration_seconds: number;
    text: string;
    numbers: string;
    finding: string | null;
  };
  /** When what was believed of a check became `state`; null: from then on no results came. `finding` is JSON. */
  check_transition: {
    machine_id: number;
    check_id: number;
    at: Micros;
    state: number | null;
    text: string;
    finding: string | null;
  };
  /** `arguments` and `answer` are JSON; an answer that is null has not come yet. */
  passed_order: {
    machine_id: number;
    order_id: string;
    name: string;
    arguments: string;
    ordered_by: string | null;
    timeout_seconds: number;
    expires_at: Micros;
    taken: boolean;
    answer: string | null;
  };
  hub_score: { instrument: string; benchmark: string; at: Micros; unit: string; value: number };
  benchmark_score: { machine_id: number; series_id: number; at: Micros; value: number };

  /**
   * What the health checker needs of a machine: where it was last heard from, `probe` (JSON) what a person wants it to be asked,
   * `answered` (JSON) which probe it last answered, and when.
   */
  machine_watch: {
    machine_id: number;
    address: string | null;
    probe: string | null;
    answered: string | null;
  };
  /** The state that was decided last; `evidence` is JSON. */
  machine_health: { machine_id: number; state: string; since: Micros; evidence: string };
  machine_transition: { machine_id: number; at: Micros; state: string; evidence: string };
  /** Who its agent is, and what is wrong with it; `content` is JSON. */
  machine_fact: { machine_id: number; code: string; told_at: Micros; content: string };
  /** When the hubs knew nothing of any machine; `ended_at` null while it lasts. */
  blind_time: { began_at: Micros; ended_at: Micros | null; cause: string };
  /** `machine_id` 0: all machines. `schedule` is JSON; it holds from `from_at` until `until_at`. */
  maintenance: {
    maintenance_id: number;
    machine_id: number;
    name: string;
    schedule: string;
    from_at: Micros;
    until_at: Micros | null;
    created_at: Micros;
  };

  person: {
    user_id: number;
    name: string;
    name_key: string;
    role: string;
    password_hash: string;
    created_at: Micros;
  };
  access_token: {
    token_id: number;
    hash: string;
    kind: string;
    name: string;
    role: string | null;
    machine_id: number | null;
    user_id: number | null;
    uses_left: number | null;
    created_at: Micros;
    expires_at: Micros | null;
    last_used_at: Micros | null;
    made_by: string | null;
    uses: number | null;
  };
  /** At most one of each source for a process on a machine. `effective_from`: starts before it are not expected. */
  expectation: {
    expectation_id: number;
    machine_id: number;
    process_id: number;
    source: string;
    cron: string | null;
    time_zone: string | null;
    every_seconds: number | null;
    grace_seconds: number;
    max_seconds: number | null;
    min_seconds: number | null;
    enabled: boolean;
    confidence: number | null;
    effective_from: Micros;
    changed_at: Micros;
  };
  /** `subject` is what the event is about, so that one fact is one row: an expected instant or an execution's id. */
  supervision_event: {
    machine_id: number;
    process_id: number;
    kind: string;
    subject: string;
    event_id: number;
    began_at: Micros;
    noticed_at: Micros;
    expected_at: Micros | null;
    execution_id: string | null;
    detail: string;
    ended_at: Micros | null;
    ending: string | null;
    withdrawn: boolean;
  };
  /**
   * Where clients of other monitors check in. `slug` is what their addresses name it by, `schedule` JSON, `max_micros` how
   * long one of its runs may take before it is lost, `message` the last text that belongs to no run.
   */
  checkin: {
    checkin_id: number;
    machine_id: number;
    slug: string;
    process: string;
    secret_hash: string | null;
    schedule: string | null;
    max_micros: Micros | null;
    created_at: Micros;
    last_at: Micros | null;
    last_signal: string | null;
    message: string | null;
  };
  audit: {
    entry_id: number;
    at: Micros;
    actor: string;
    action: string;
    target: string;
    machine: string | null;
    outcome: string;
    detail: string;
  };
};

/** `kind` and `outcome` are positions in the protocol's lists, `flags` a bit for each position in its list. */
export type ExecutionTable = {
  machine_id: number;
  started_at: Micros;
  ended_at: Micros | null;
  process_id: number;
  step_id: number;
  kind: number;
  outcome: number;
  execution_id: string;
  parent_id: string | null;
  exit_code: number | null;
  pid: number | null;
  attributes: string | null;
  flags: number;
  cpu_seconds: number | null;
  max_rss_bytes: number | null;
  io_read_bytes: number | null;
  io_write_bytes: number | null;
  peak_cpu_cores: number | null;
  peak_io_bytes_per_second: number | null;
  run_queue_seconds: number | null;
};

export type OsProcessTable = {
  machine_id: number;
  at: Micros;
  interval_seconds: number;
  uid: string;
  pid: number;
  parent_pid: number;
  name: string;
  user_name: string;
  started_at: Micros;
  cpu_seconds: number;
  cpu_percent: number;
  cpu_total_seconds: number;
  threads: number;
  rss_bytes: number;
  memory_percent: number;
  io_read_bytes: number | null;
  io_write_bytes: number | null;
  io_operations: number | null;
  run_queue_seconds: number | null;
  arguments: string | null;
};

/** Tables that take many rows at once, with the PostgreSQL type of each column in the order of the table. */
export const bulkTables = {
  execution: {
    machine_id: "integer",
    started_at: "bigint",
    ended_at: "bigint",
    process_id: "integer",
    step_id: "integer",
    kind: "smallint",
    outcome: "smallint",
    execution_id: "text",
    parent_id: "text",
    exit_code: "integer",
    pid: "bigint",
    attributes: "text",
    flags: "smallint",
    cpu_seconds: "double precision",
    max_rss_bytes: "bigint",
    io_read_bytes: "bigint",
    io_write_bytes: "bigint",
    peak_cpu_cores: "double precision",
    peak_io_bytes_per_second: "double precision",
    run_queue_seconds: "double precision",
  },
  execution_output: {
    machine_id: "integer",
    execution_id: "text",
    started_at: "bigint",
    output: "text",
  },
  execution_key: {
    machine_id: "integer",
    execution_id: "text",
    started_at: "bigint",
    seen_at: "bigint",
  },
  sample: {
    machine_id: "integer",
    series_id: "integer",
    at: "bigint",
    value: "double precision",
    interval_seconds: "double precision",
    arrived_at: "bigint",
  },
  check_result: {
    machine_id: "integer",
    check_id: "integer",
    at: "bigint",
    state: "integer",
    duration_seconds: "double precision",
    text: "text",
    numbers: "text",
    finding: "text",
  },
  benchmark_score: {
    machine_id: "integer",
    series_id: "integer",
    at: "bigint",
    value: "double precision",
  },
  os_process_sample: {
    machine_id: "integer",
    at: "bigint",
    interval_seconds: "double precision",
    uid: "text",
    pid: "bigint",
    parent_pid: "bigint",
    name: "text",
    user_name: "text",
    started_at: "bigint",
    cpu_seconds: "double precision",
    cpu_percent: "double precision",
    cpu_total_seconds: "double precision",
    threads: "bigint",
    rss_bytes: "bigint",
    memory_percent: "double precision",
    io_read_bytes: "bigint",
    io_write_bytes: "bigint",
    io_operations: "bigint",
    run_queue_seconds: "double precision",
    arguments: "text",
  },
} as const satisfies { [T in keyof Tables]?: Record<keyof Tables[T], ColumnType> };

export type ColumnType = "integer" | "smallint" | "bigint" | "double precision" | "text";
export type BulkTable = keyof typeof bulkTables;
/** Columns of equal length, one for each column of the table. */
export type BulkColumns<T extends BulkTable> = { [C in keyof Tables[T]]: readonly Tables[T][C][] };
