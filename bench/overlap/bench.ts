/**
 * Overlap seconds by pair of processes over a month of a busy fleet: from the store to the matrix, beside the bare sweep
 * over arrays that are ready and sorted, and beside DuckDB's own interval join on the first part of the same rows.
 *
 *     npm run bench -- overlap [--executions 5000000] [--processes 200] [--sample 100000]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { overlapTotals, sortByStart, type Intervals } from "@culprit/analysis";
import { enumeratePairs } from "../../packages/analysis/src/overlap.ts";
import { openStore } from "../../packages/hub/src/store/open.ts";
import type { ExecutionColumns } from "../../packages/hub/src/store/store.ts";

const monthStart = Date.UTC(2026, 9, 24) * 1000;
const monthMicros = 30 * 86_400e6;
/** How many run at once, on average. */
const concurrency = 35.4;
const rounds = 3;

type Size = { executions: number; processes: number; sample: number };

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      executions: { type: "string", default: "5000000" },
      processes: { type: "string", default: "200" },
      sample: { type: "string", default: "100000" },
    },
  });
  const size = {
    executions: Number(values.executions),
    processes: Number(values.processes),
    sample: Number(values.sample),
  };
  const folder = await mkdtemp(join(tmpdir(), "culprit-bench-overlap-"));
  try {
    const file = join(folder, "culprit.duckdb");
    await fill(file, size);
    const { intervals, table } = await endToEnd(file, size);
    const joined = await joinOnSample(file, size, intervals);
    print([...table, ...joined]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Between 0 and 1, from the number of a row and a salt. */
const random = (salt: number): string => `(((hash(i * 8 + ${salt}) % 1000003) + 0.5) / 1000003)`;

/** Starts spread evenly with a jitter, durations exponential; all from hashes of the row's number, so always the same. */
async function fill(file: string, { executions, processes }: Size): Promise<void> {
  const store = await openStore(`duckdb:${file}`, { clock: { now: () => monthStart } });
  await store.close();
  const mean = (concurrency * monthMicros) / executions;
  await withDuckDb(file, (connection) =>
    connection.run(`
      insert into execution (machine_id, started_at, ended_at, process_id, step_id, kind, outcome, execution_id, flags)
      select process_id % 20 + 1, started_at, started_at + (-ln(${random(2)}) * ${mean})::bigint,
        process_id, 0, 0, 1, 'run-' || i, 0
      from (
        select i, 1 + (hash(i * 8 + 1) % ${processes})::integer as process_id,
          ${monthStart}::bigint + ((i + 4 * ${random(3)}) * ${monthMicros / executions})::bigint as started_at
        from range(${executions}) as rows(i)) as made`),
  );
}

async function endToEnd(file: string, { executions, processes }: Size) {
  const store = await openStore(`duckdb:${file}`, { clock: { now: () => monthStart } });
  const filter = { from: monthStart, to: monthStart + 2 * monthMicros };
  const times = { read: Infinity, sort: Infinity, sweep: Infinity, all: Infinity, bare: Infinity };
  let intervals: Intervals = toIntervals(await store.executions.columns({ ...filter, to: filter.from }, 1));
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const columns = await store.executions.columns(filter, executions);
    const read = performance.now();
    const sorted = sortByStart(toIntervals(columns));
    const ready = performance.now();
    const totals = overlapTotals(sorted, processes + 1);
    const done = performance.now();
    const again = overlapTotals(sorted, processes + 1);
    const bare = performance.now() - done;
    if (totals.some((value, at) => value !== again[at])) throw new Error("two sweeps differ");
    times.read = Math.min(times.read, read - begun);
    times.sort = Math.min(times.sort, ready - read);
    times.sweep = Math.min(times.sweep, done - ready);
    times.all = Math.min(times.all, done - begun);
    times.bare = Math.min(times.bare, bare);
    intervals = sorted;
  }
  await store.close();
  const pairs = enumeratePairs(intervals, processes + 1, Infinity)?.pairs ?? 0;
  const rows = intervals.start.length;
  console.log(
    `${rows.toLocaleString("en")} executions of ${processes} processes, ${pairs.toLocaleString("en")} overlapping pairs; best of ${rounds}\n`,
  );
  const row = (what: string, milliseconds: number) => ({
    what,
    seconds: milliseconds / 1000,
    ratio: milliseconds / times.bare,
  });
  return {
    intervals,
    table: [
      row("bare sweep over sorted arrays", times.bare),
      row("store: read columns", times.read),
      row("sort", times.sort),
      row("sweep", times.sweep),
      row("end to end", times.all),
    ],
  };
}

/** Processes count from 1 in a store. */
function toIntervals({ startedAt, endedAt, processId }: ExecutionColumns): Intervals {
  return { start: startedAt, end: endedAt, group: processId };
}

async function joinOnSample(file: string, { processes, sample }: Size, all: Intervals) {
  const intervals = {
    start: all.start.subarray(0, sample),
    end: all.end.subarray(0, sample),
    group: all.group.subarray(0, sample),
  };
  const last = intervals.start.at(-1) ?? 0;
  let begun = performance.now();
  const totals = overlapTotals(intervals, processes + 1);
  const swept = performance.now() - begun;
  const pairs = await withDuckDb(file, async (connection) => {
    await connection.run(`create temp table s as
      select row_number() over (order by started_at) as i, started_at as f, ended_at as t, process_id as p
      from execution where started_at <= ${last}`);
    begun = performance.now();
    const reader = await connection.runAndReadAll(`
      select least(a.p, b.p), greatest(a.p, b.p), sum(least(a.t, b.t) - b.f)::double
      from s a join s b on a.i < b.i and b.f < a.t group by all`);
    return reader.getRows();
  });
  const joined = performance.now() - begun;
  for (const [p, q, micros] of pairs) {
    const mine = totals[Number(p) * (processes + 1) + Number(q)];
    if (mine !== Number(micros)) throw new Error(`sweep and join differ for ${String(p)} and ${String(q)}`);
  }
  const rows = intervals.start.length.toLocaleString("en");
  return [
    { what: `sweep, first ${rows}`, seconds: swept / 1000, ratio: 1 },
    { what: `DuckDB's interval join, first ${rows}`, seconds: joined / 1000, ratio: joined / swept },
  ];
}

async function withDuckDb<T>(file: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(file, { memory_limit: "2GB" });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function print(rows: readonly { what: string; seconds: number; ratio: number }[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  console.log(`${"".padEnd(width)}   seconds    ratio`);
  for (const { what, seconds, ratio } of rows)
    console.log(`${what.padEnd(width)}${seconds.toFixed(3).padStart(10)}${ratio.toFixed(2).padStart(9)}`);
}

if (import.meta.filename === process.argv[1]) await run(process.argv.slice(2));
