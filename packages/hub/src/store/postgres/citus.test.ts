/**
 * Keeps the schema and the statements fit to be spread by machine (Citus) without a cluster: a lint of the catalogue after the
 * migrations, and one of every statement that the server got from a run of the store's functions.
 */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../open.ts";
import type { ExecutionRow, IntakeBatch, Store } from "../store.ts";
import { executionRow, osProcesses, start } from "../suites/rows.ts";
import { type PostgresServer, postgresPrograms, startPostgres } from "./postgres-server.ts";

/** Small, the same on every node; all others lie with their machine. */
const referenceTables = [
  "access_token",
  "audit",
  "blind_time",
  "check_definition",
  "checkin",
  "expectation",
  "hub_score",
  "machine",
  "maintenance",
  "migration",
  "person",
  "process",
  "property",
  "step",
];
const bigTables = ["execution", "os_process_sample", "sample", "sample_rollup"];
const programs = postgresPrograms();

describe.skipIf(!programs)("the schema and the statements, fit for Citus", () => {
  let server: PostgresServer;
  let client: Client;
  let intake: string[];
  let statements: string[];

  beforeAll(async () => {
    server = await startPostgres(programs!, [
      "log_min_messages=log",
      "log_statement=all",
      "log_line_prefix=%c ",
    ]);
    const url = await server.createDatabase();
    client = new Client({ connectionString: url });
    await client.connect();
    intake = await recordStatements(url, server);
    statements = statementsOf(server.log()).map(({ statement }) => statement);
  }, 60_000);
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  const names = async (query: string): Promise<string[]> =>
    (await client.query<{ name: string }>(query)).rows.map(({ name }) => name);

  test("every table is either named as a reference table or has a machine", async () => {
    const all = await names(
      "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
    );
    const withMachine = await names(
      `select table_name as name from information_schema.columns where table_schema = 'public'
        and column_name = 'machine_id' and data_type = 'integer' and is_nullable = 'NO'`,
    );
    expect(all.filter((table) => !withMachine.includes(table) && !referenceTables.includes(table))).toEqual(
      [],
    );
    expect(all).toEqual(expect.arrayContaining([...referenceTables, ...bigTables]));
  });

  test("every unique key of a table that lies with its machine contains the machine; big tables have none", async () => {
    const { rows } = await client.query<{ table: string; columns: string[] }>(`
      select t.relname as table, array_agg(a.attname::text) as columns
      from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
        join pg_attribute a on a.attrelid = t.oid and a.attnum = any (i.indkey)
      where i.indisunique and n.nspname = 'public' group by i.indexrelid, t.relname`);
    const distributed = rows.filter(({ table }) => !referenceTables.includes(table));
    expect(distributed.filter(({ columns }) => !columns.includes("machine_id"))).toEqual([]);
    expect(distributed.filter(({ table }) => bigTables.includes(table))).toEqual([]);
    expect(distributed.length).toBeGreaterThan(3);
  });

  test("there are no foreign keys, triggers, identity columns or defaults that count", async () => {
    expect(await names("select conname as name from pg_constraint where contype = 'f'")).toEqual([]);
    expect(await names("select tgname as name from pg_trigger where not tgisinternal")).toEqual([]);
    expect(
      await names(`select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public' and (is_identity = 'YES' or column_default is not null)`),
    ).toEqual([]);
  });

  test("no statement has a form that Citus refuses, or that makes raw rows travel", () => {
    const forbidden = [
      /\b(grouping sets|rollup\s*\(|cube\s*\()/i,
      /\bwith recursive\b/i,
      /\blateral\b/i,
      /\bmerge into\b/i,
      /\b(percentile_cont|percentile_disc|stddev|corr)\s*\(/i,
      /\b(now\(\)|current_timestamp|clock_timestamp)/i,
      /\bextract\s*\(\s*epoch/i,
    ];
    expect(statements.length).toBeGreaterThan(60);
    for (const form of forbidden) expect(statements.filter((statement) => form.test(statement))).toEqual([]);
  });

  test("a lock on rows names one machine", () => {
    const locks = statements.filter((statement) => /\bfor update\b/i.test(statement));
    expect(locks.length).toBeGreaterThan(0);
    expect(locks.filter((statement) => !/"machine_id" = \$\d+/.test(statement))).toEqual([]);
  });

  test("an intake transaction writes no reference table and selects the rows of big tables from its machine", () => {
    expect(intake[0]).toBe("begin");
    expect(intake.at(-1)).toBe("commit");
    const written = intake.flatMap(
      (statement) => /^\s*(?:insert into|update|delete from)\s+"?(\w+)"?/i.exec(statement)?.[1] ?? [],
    );
    expect([...new Set(written)].toSorted()).toEqual([
      "dead_letter",
      "execution",
      "execution_key",
      "execution_output",
      "execution_running",
      "machine_state",
      "os_process_sample",
      "sample",
      "stream_mark",
    ]);
    const bulk = intake.filter((statement) =>
      /insert into "(execution|execution_output|sample|os_process_sample)"/.test(statement),
    );
    expect(bulk).toHaveLength(4);
    for (const statement of bulk)
      expect(statement).toMatch(/from machine_state as s, unnest[^]*where s\.machine_id = \$\d+/);
  });
});

/** Runs every function once; answers the statements of the transaction that took in a batch. */
async function recordStatements(url: string, server: PostgresServer): Promise<string[]> {
  let now = start;
  const store = await openStore(url, { clock: { now: () => now } });
  const machineId = (await store.machines.create("web-1", start))!;
  await store.machines.change(machineId, { name: "web-2", paused: true });
  await store.machines.contact([{ machineId, at: start, clockOffsetMicros: 5 }]);
  await store.catalogue.processIds(["backup"]);
  await store.catalogue.stepIds(["dump"]);
  const description = { metric: "system.cpu.utilization", attributes: {}, unit: "1", type: "gauge" } as const;
  const [seriesId] = await store.catalogue.seriesIds([{ machineId, description }]);
  await store.intake.commit([], [{ executions: [executionOf(machineId, "hung", null)], receivedAt: start }]);
  const before = statementsOf(server.log()).length;
  await store.intake.commit([batchOf(machineId, seriesId!)], []);
  const during = statementsOf(server.log()).slice(before);
  now += 3600_000_000;
  await store.intake.commit(
    [],
    [{ executions: [executionOf(machineId, "later", start)], receivedAt: start }],
  );
  const all = { from: 0, to: start * 2 };
  await store.intake.marks(machineId);
  await store.intake.deadLetters(machineId, 5);
  await store.executions.list({ ...all, machineIds: [machineId], kinds: ["job"] }, 5, {
    startedAt: start,
    executionId: "x",
  });
  await store.executions.byId("hung");
  await store.executions.output(machineId, "hung");
  await store.executions.children(machineId, "hung");
  await store.executions.overlapping(all, 5);
  await store.executions.startedAt([start], [machineId], [1]);
  await store.executions.columns(all, 5);
  await store.executions.newest();
  await store.catalogue.processIdsOf(machineId);
  await store.samples.described([machineId]);
  await store.samples.series([seriesId!], start, start + 600_000_000, 300_000_000);
  await store.samples.means(machineId, [all], [description.metric]);
  await store.samples.newest([machineId], [{ kinds: [description], by: "max" }], 0);
  await store.osProcesses.at(machineId, 0, start);
  await store.osProcesses.history(machineId, "uid", 0, start);
  await store.osProcesses.usage(machineId, [all]);
  await store.expectations.put([expectationOf(machineId)]);
  await store.expectations.remove([(await store.expectations.list())[0]!.expectationId]);
  await store.supervisionEvents.put([eventOf(machineId)]);
  await store.supervisionEvents.list({ ...all, machineIds: [machineId], kinds: ["failed"], open: true }, 5);
  const ended = { from: start, machineIds: [machineId], processIds: [1] };
  await store.supervisionEvents.endedSince(ended, 5);
  await store.supervisionEvents.setMark("{}");
  await store.supervisionEvents.mark();
  await store.supervisedRuns.ended(ended, 5);
  await store.supervisedRuns.running(5);
  await store.supervisedRuns.arrivedSince(start);
  await store.machines.list();
  await store.health.watch([{ machineId, address: "10.0.0.5" }]);
  await store.health.watched();
  await store.health.change([{ machineId, state: "online", since: start, evidence: [] }]);
  await store.health.current();
  await store.health.transitions(all, [machineId]);
  await store.health.setWatchedUntil(start);
  await store.health.watchedUntil();
  await store.health.putBlindTime({ beganAt: start, endedAt: null, cause: "hub-cut-off" });
  await store.health.blindTimes(all);
  await store.exclusively("nightly", async () => {});
  await store.removeBefore({ samples: start, executions: start, keys: start });
  await store.machines.remove(machineId);
  await store.close();
  return during.map(({ statement }) => statement);
}

/** The statements of the hub, from a log whose lines begin with the session. */
function statementsOf(log: string): { session: string; statement: string }[] {
  return log
    .split(/^(?=[0-9a-f]+\.[0-9a-f]+ )/m)
    .map((entry) => /^([0-9a-f.]+) LOG: {2}(?:statement|execute [^:]+): ([^]*)$/.exec(entry))
    .flatMap((match) => (match ? [{ session: match[1]!, statement: match[2]!.trim() }] : []));
}

function executionOf(machineId: number, executionId: string, endedAt: number | null): ExecutionRow {
  const outcome = endedAt === null ? "running" : "ok";
  return executionRow({ machineId, executionId, endedAt, outcome });
}

function expectationOf(machineId: number): Parameters<Store["expectations"]["put"]>[0][number] {
  return {
    machineId,
    processId: 1,
    source: "set",
    cron: null,
    timeZone: null,
    everySeconds: 60,
    graceSeconds: 60,
    maxSeconds: null,
    minSeconds: null,
    enabled: true,
    confidence: null,
    effectiveFrom: start,
    changedAt: start,
  };
}

function eventOf(machineId: number): Parameters<Store["supervisionEvents"]["put"]>[0][number] {
  return {
    machineId,
    processId: 1,
    kind: "failed",
    subject: "done",
    beganAt: start,
    noticedAt: start,
    expectedAt: null,
    executionId: "done",
    detail: {},
    endedAt: null,
    ending: null,
    withdrawn: false,
  };
}

function batchOf(machineId: number, seriesId: number): IntakeBatch {
  return {
    machineId,
    stream: "stream-one",
    sequence: 1,
    digest: "digest",
    dropped: [],
    receivedAt: start,
    executions: [
      executionOf(machineId, "done", start + 1),
      executionOf(machineId, "runs", null),
      { ...executionOf(machineId, "hung", start + 2), output: "done" },
    ],
    points: { seriesId: [seriesId], at: [start], value: [1], intervalSeconds: [0] },
    osProcesses: osProcesses({ at: [start] }),
    computer: null,
    deadLetters: [{ part: "points", index: 0, code: "x", detail: "", body: "" }],
  };
}
