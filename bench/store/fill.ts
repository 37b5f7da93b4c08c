/**
 * Fills a store's DuckDB file with months of data in minutes, in SQL and in the order in which it would have arrived. Values
 * come from hashes of the row's number: always the same.
 *
 *     node --import tsx --conditions=development bench/store/fill.ts --file x.duckdb --machines 20 --days 30
 */
import { parseArgs } from "node:util";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Micros } from "@culprit/protocol";
import { openStore } from "../../packages/hub/src/store/open.ts";
import type { Store } from "../../packages/hub/src/store/store.ts";
import { executionColumns, osProcessColumns } from "./filled-columns.ts";
import { series } from "./series-list.ts";

export type Fill = {
  machines: number;
  /** Of samples and executions, up to `until`. */
  days: number;
  osProcessDays: number;
  executions: number;
  processes: number;
  until: Micros;
};

const second = 1_000_000;
const hour = 3600 * second;
const day = 24 * hour;
const sampleStep = 10 * second;
const osProcessStep = 60 * second;
const osProcessesPerMachine = 300;
const busyProcesses = 5;
const busyStep = 5 * second;
const meanSeconds = 120;

export const defaultFill: Omit<Fill, "until"> = {
  machines: 20,
  days: 30,
  osProcessDays: 3,
  executions: 1_000_000,
  processes: 200,
};

/** Makes the file if it is absent; `machines` are enrolled as `machine-1` and so on. Answers what the store then has. */
export async function fillStore(file: string, fill: Fill): Promise<{ machineIds: number[] }> {
  const store = await openStore(`duckdb:${file}`, { clock: { now: () => fill.until } });
  const { machineIds, firstSeries } = await makeCatalogue(store, fill);
  await store.close();
  const instance = await DuckDBInstance.create(file, { memory_limit: "2GB" });
  const connection = await instance.connect();
  try {
    await fillExecutions(connection, fill, machineIds[0]!);
    await fillSamples(connection, fill, machineIds[0]!, firstSeries);
    await fillOsProcesses(connection, fill, machineIds[0]!);
    await connection.run("checkpoint");
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return { machineIds };
}

/** A random number in [0, 1) for row `i`; another `salt` gives another. */
const random = (salt: number): string => `((hash(i * 16 + ${salt}) % 1048576) / 1048576)`;

async function makeCatalogue(store: Store, { machines, processes, until }: Fill) {
  const machineIds: number[] = [];
  const seriesIds: number[] = [];
  for (let machine = 1; machine <= machines; machine++) {
    const machineId = await store.machines.create(`machine-${machine}`, until);
    if (machineId === null) throw new Error("the file is filled already: name an absent one");
    machineIds.push(machineId);
    // One after the other: the store numbers those that come together in an order of its own.
    for (const { metric, attributes, unit, type } of series) {
      const one = { machineId, description: { metric, attributes, unit, type } };
      seriesIds.push(...(await store.catalogue.seriesIds([one])));
    }
  }
  await store.machines.contact(machineIds.map((machineId) => ({ machineId, at: until })));
  await store.catalogue.processIds(Array.from({ length: processes }, (_, index) => `process-${index + 1}`));
  if (!consecutive(machineIds) || !consecutive(seriesIds))
    throw new Error("the file is not that of a new store");
  return { machineIds, firstSeries: seriesIds[0]! };
}

/** In a new store they are, so that rows can be counted out instead of joined. */
function consecutive(ids: readonly number[]): boolean {
  return ids.every((id, index) => id === ids[0]! + index);
}

async function fillExecutions(connection: DuckDBConnection, fill: Fill, firstMachine: number): Promise<void> {
  const { executions, processes, machines, days, until } = fill;
  const from = until - days * day;
  const every = (days * day) / Math.max(1, executions);
  await connection.run(`
    insert into execution ${executionColumns}
    select ${firstMachine} + process % ${machines}, started_at, started_at + duration, process + 1, 0, process % 3,
      case when ${random(5)} < 0.02 then 2 else 1 end, 'run-' || i, null, 0, 1000 + i % 30000, null, 0,
      round(duration * ${random(6)} / 10000) / 100, 4096 * (1000 + i % 90000), 4096 * (i % 5000), 4096 * (i % 9000),
      round(${random(7)} * 200) / 100, 4096 * (i % 1000)
    from (
      select i, (hash(i * 16 + 1) % ${processes})::integer as process,
        (-ln(${random(2)} + 0.000001) * ${meanSeconds * second})::bigint as duration,
        ${from}::bigint + ((i + 4 * ${random(3)}) * ${every})::bigint as started_at
      from range(${executions}) as rows(i))
    where started_at + duration < ${until}`);
  await connection.run(`
    insert into execution_key
    select machine_id, execution_id, started_at, ended_at from execution where ended_at > ${until - 7 * day}`);
}

async function fillSamples(
  connection: DuckDBConnection,
  { machines, days, until }: Fill,
  firstMachine: number,
  firstSeries: number,
): Promise<void> {
  const perTick = machines * series.length;
  const values = series.map(({ value }, index) => `when ${index} then ${value}`).join(" ");
  const firstCounter = series.findIndex(({ type }) => type === "counter");
  const ticksPerHour = hour / sampleStep;
  for (let from = until - days * day; from < until; from += hour) {
    await connection.run(`
      insert into sample
      select ${firstMachine} + of_all // ${series.length}, ${firstSeries} + of_all, "at", case kind ${values} end,
        case when kind >= ${firstCounter} then ${sampleStep / second} else 0 end, "at" + 300000
      from (
        select (i % ${perTick})::integer as of_all, (i % ${perTick} % ${series.length})::integer as kind,
          (i // ${perTick})::integer as tick, ${from}::bigint + (i // ${perTick}) * ${sampleStep} as "at",
          ((hash(i + ${from}) % 1048576) / 1048576) as r
        from range(${perTick * ticksPerHour}) as rows(i))`);
    // As the hub does it, a little at a time.
    await connection.run(`
      insert into sample_rollup
      select machine_id, series_id, "at" - "at" % 300000000, sum(value),
        sum(case when interval_seconds > 0 then interval_seconds else 1 end)
      from sample where arrived_at >= ${from} and arrived_at < ${from + hour}
      group by 1, 2, 3 order by ("at" - "at" % 300000000) // 600000000, 1, 2`);
  }
  await connection.run(`
    insert into property values ('rolled-up-until', '${until}')
    on conflict (name) do update set value = excluded.value`);
}

async function fillOsProcesses(
  connection: DuckDBConnection,
  { machines, osProcessDays, until }: Fill,
  firstMachine: number,
): Promise<void> {
  const rows = (span: Micros, from: Micros, processes: number, step: Micros): string => `
    select ${firstMachine} + machine, "at", ${step / second}, format('{:016x}', hash(machine * 1000 + process)),
      1000 + process * 7, 1 + process % 40, 'program-' || process % 90,
      (['root', 'www-data', 'postgres', 'backup'])[1 + process % 4], ${until - 30 * day} + process * ${second},
      case when process < ${busyProcesses} then round(${random(1)} * ${step / second} * 100) / 100
        when ${random(2)} < 0.1 then round(${random(3)} * 20) / 100 else 0 end,
      round(${random(4)} * 1000) / 10, round(process * 100.0 + "at" / ${hour}, 2), 1 + process % 8,
      (5000 + process * 40 + (${random(5)} * 20)::integer) * 4096, round(process / 30.0, 2),
      case when process % 5 = 0 then null else (${random(6)} * 3)::integer * 4096 end,
      case when process % 5 = 0 then null else (${random(7)} * 3)::integer * 4096 end,
      case when process % 5 = 0 then null else (${random(8)} * 6)::integer end
    from (
      select i, (i % ${processes})::integer as process, (i // ${processes} % ${machines})::integer as machine,
        ${from}::bigint + i // ${processes * machines} * ${step} as "at"
      from range(${(span / step) * processes * machines}) as rows(i))`;
  for (let from = until - osProcessDays * day; from < until; from += hour)
    await connection.run(`
      insert into os_process_sample ${osProcessColumns}
      select * from (${rows(hour, from, osProcessesPerMachine, osProcessStep)}
        union all ${rows(hour, from, busyProcesses, busyStep)})`);
}

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      file: { type: "string" },
      machines: { type: "string" },
      days: { type: "string" },
      "os-process-days": { type: "string" },
      executions: { type: "string" },
      processes: { type: "string" },
    },
  });
  if (values.file === undefined) throw new Error("--file <absent file> is needed");
  const begun = performance.now();
  await fillStore(values.file, {
    machines: Number(values.machines ?? defaultFill.machines),
    days: Number(values.days ?? defaultFill.days),
    osProcessDays: Number(values["os-process-days"] ?? defaultFill.osProcessDays),
    executions: Number(values.executions ?? defaultFill.executions),
    processes: Number(values.processes ?? defaultFill.processes),
    until: Math.floor((Date.now() * 1000) / osProcessStep) * osProcessStep,
  });
  console.log(`filled in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

if (import.meta.filename === process.argv[1]) await run(process.argv.slice(2));
