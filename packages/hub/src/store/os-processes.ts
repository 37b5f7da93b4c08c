import { sql } from "kysely";
import type { Engine } from "./engine.ts";
import type { OsProcessRow, OsProcessStore } from "./store.ts";
import type { OsProcessTable } from "./tables.ts";

export function osProcessStore(engine: Engine): OsProcessStore {
  return {
    async at(machineId, since, at) {
      const { rows } = await sql<OsProcessTable>`
        select * from (
          select *, row_number() over (partition by uid order by "at" desc) as place
          from os_process_sample
          where machine_id = ${machineId} and "at" > ${since}::bigint and "at" <= ${at}::bigint) as recent
        where place = 1 order by pid`.execute(engine.read);
      return rows.map(fromTable);
    },

    async history(machineId, uid, from, to) {
      const rows = await engine.read
        .selectFrom("os_process_sample")
        .selectAll()
        .where("machine_id", "=", machineId)
        .where("uid", "=", uid)
        .where("at", ">=", from)
        .where("at", "<", to)
        .orderBy("at")
        .execute();
      return rows.map(fromTable);
    },

    async usage(machineId, windows) {
      if (windows.length === 0) return [];
      // Each window scans its own stretch of time alone; what they hold is then summed together.
      const rows = windows.map(
        ({ from, to }, window) => sql`
          select ${sql.lit(window)} as slot, name, user_name, uid, cpu_seconds, rss_bytes,
            io_read_bytes + io_write_bytes as io_bytes, run_queue_seconds,
            case when interval_seconds > 0
              then (least("at", ${to}::bigint) - greatest("at" - interval_seconds * 1e6, ${from}::bigint))
                / (interval_seconds * 1e6) else 1 end as share
          from os_process_sample
          where machine_id = ${machineId} and "at" >= ${from}::bigint
            and "at" < ${to}::bigint + ${longestInterval}
            and "at" - interval_seconds * 1e6 < ${to}::bigint`,
      );
      const used = await sql<{
        slot: number;
        name: string;
        user: string;
        cpu: number;
        io: number | null;
        rss: number;
        waited: number | null;
      }>`
        select slot, name, user_name as user, sum(cpu) as cpu, sum(io) as io, sum(rss) as rss, sum(waited) as waited
        from (
          select slot, name, user_name, uid, sum(cpu_seconds * share) as cpu, avg(rss_bytes) as rss,
            sum(io_bytes * share) as io, sum(run_queue_seconds * share) as waited
          from (${sql.join(rows, sql` union all `)}) as touching
          group by slot, name, user_name, uid) as processes
        group by slot, name, user_name order by slot, name, user_name`.execute(engine.read);
      return used.rows.map(({ slot, name, user, cpu, io, rss, waited }) => ({
        window: slot,
        name,
        user,
        cpuSeconds: cpu,
        ioBytes: io,
        rssBytes: rss,
        runQueueSeconds: waited,
      }));
    },
  };
}

/** A row's sums are looked for up to this long after the window they may reach into. */
const longestInterval = 600_000_000;

function fromTable(row: OsProcessTable): OsProcessRow {
  return {
    at: row.at,
    intervalSeconds: row.interval_seconds,
    uid: row.uid,
    pid: row.pid,
    parentPid: row.parent_pid,
    name: row.name,
    user: row.user_name,
    startedAt: row.started_at,
    cpuSeconds: row.cpu_seconds,
    cpuPercent: row.cpu_percent,
    cpuTotalSeconds: row.cpu_total_seconds,
    threads: row.threads,
    rssBytes: row.rss_bytes,
    memoryPercent: row.memory_percent,
    ioReadBytes: row.io_read_bytes,
    ioWriteBytes: row.io_write_bytes,
    ioOperations: row.io_operations,
    runQueueSeconds: row.run_queue_seconds,
    arguments: row.arguments,
  };
}
