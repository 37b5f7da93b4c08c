/**
 * Fills a store with a year of jobs, in SQL. On each machine nine jobs start a few minutes apart, in slots of the same length;
 * in every fourth slot, chosen by chance, a tenth runs beside them and they take 1.6 times as long. Values come from hashes of the
 * row's number: always the same.
 */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Micros } from "@culprit/protocol";
import { openStore } from "../../packages/hub/src/store/open.ts";
import { executionColumns } from "../store/filled-columns.ts";

export type CrowdedFleet = { machines: number; executions: number; days: number; until: Micros };

const second = 1_000_000;
const day = 86_400 * second;
const victims = 9;
const activeShare = 0.25;

/** Makes the file. Of every machine process `job-<machine>-10` is the culprit. */
export async function fillCrowdedFleet(file: string, fleet: CrowdedFleet): Promise<void> {
  const { machines, until } = fleet;
  const store = await openStore(`duckdb:${file}`, { clock: { now: () => until } });
  for (let machine = 1; machine <= machines; machine++) {
    await store.machines.create(`machine-${machine}`, until);
    const names = Array.from({ length: victims + 1 }, (_, job) => `job-${machine}-${job + 1}`);
    await store.catalogue.processIds(names);
  }
  await store.close();
  const instance = await DuckDBInstance.create(file, { memory_limit: "2GB" });
  const connection = await instance.connect();
  try {
    await fillExecutions(connection, fleet);
    await connection.run("checkpoint");
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function fillExecutions(
  connection: DuckDBConnection,
  { machines, executions, days, until }: CrowdedFleet,
): Promise<void> {
  const perSlot = victims + activeShare;
  const slots = Math.round(executions / perSlot / machines);
  const slot = Math.floor((days * day) / slots);
  const from = until - slots * slot;
  const perMachineSlot = victims + 1;
  // A month at a time, in the order in which it would have come.
  const atOnce = Math.ceil(slots / 12);
  for (let first = 0; first < slots; first += atOnce) {
    const count = Math.min(atOnce, slots - first);
    await connection.run(`
      insert into execution ${executionColumns}
      select machine + 1, started_at, started_at + duration, machine * ${perMachineSlot} + job + 1, 0, 0, 1,
        'run-' || machine || '-' || job || '-' || slot, null, 0, 1000, null, 0,
        round(duration / 20000.0) / 100, 50000000, 4096 * 1000, 4096 * 100, 0.5, null
      from (
        select machine, slot, job,
          ${from}::bigint + slot * ${slot} + (${slot} * (case when job = ${victims} then 0.02 else 0.05 + 0.06 * job end))::bigint
            + (hash(i * 8 + 1) % ${10 * second})::bigint as started_at,
          (${0.25 * slot} * exp(0.05 * sqrt(-2 * ln((hash(i * 8 + 2) % 1000003 + 1) / 1000004.0))
            * cos(2 * pi() * (hash(i * 8 + 3) % 1000003) / 1000003.0))
            * case when job = ${victims} then 3.8 when active then 1.6 else 1 end)::bigint as duration
        from (
          select i, (i // ${perMachineSlot} % ${machines})::integer as machine, (i % ${perMachineSlot})::integer as job,
            (i // ${perMachineSlot * machines} + ${first})::bigint as slot,
            hash((i // ${perMachineSlot}) * 8 + 5) % 4 = 0 as active
          from range(${first * perMachineSlot * machines}, ${(first + count) * perMachineSlot * machines}) as rows(r),
            lateral (select r - ${first * perMachineSlot * machines} as i)) as slotted
        where job < ${victims} or active) as timed
      order by started_at`);
  }
}
