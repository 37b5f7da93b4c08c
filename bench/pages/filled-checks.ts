/** Checks of the filled store's machines with a week of results, one a minute each, in a store that no hub has open. */
import { DuckDBInstance } from "@duckdb/node-api";
import { believe, nothingBelieved } from "@culprit/probes";
import type { Micros } from "@culprit/protocol";
import { openStore } from "../../packages/hub/src/store/open.ts";

const minute = 60_000_000;
const minutesKept = 7 * 24 * 60;
const checks = 500;
/** Not all at the same moment. */
const apart = minute / checks;

/** Results up to `until`. */
export async function fillChecks(file: string, until: Micros): Promise<void> {
  const store = await openStore(`duckdb:${file}`, { clock: { now: () => until } });
  const first = until - minutesKept * minute;
  const machines = await store.machines.list();
  const news = [];
  for (let index = 0; index < checks; index++) {
    const { machineId } = machines[index % machines.length]!;
    const check = await store.checks.add(
      {
        machineId,
        name: `check ${index}`,
        target: { kind: "memory", warningPercent: 80, criticalPercent: 95 },
        intervalSeconds: 60,
        timeoutSeconds: 10,
        retries: 2,
        running: true,
        createdAt: first,
      },
      checks,
    );
    if (typeof check === "string") throw new Error(`check ${index}: ${check}`);
    const at = until - minute + index * apart;
    news.push({
      checkId: check.checkId,
      belief: believe(nothingBelieved, { state: "ok", at }, 2),
      until: at,
    });
  }
  await store.checks.believe(news, []);
  await store.close();
  const ids = news.map(({ checkId }) => checkId);
  const of = machines.map(({ machineId }) => machineId);
  const instance = await DuckDBInstance.create(file, { memory_limit: "2GB" });
  const connection = await instance.connect();
  await connection.run(`
    insert into check_result (machine_id, check_id, "at", state, duration_seconds, text, numbers, finding)
    select ([${of.join()}])[1 + one % ${of.length}], ([${ids.join()}])[1 + one],
      ${first}::bigint + tick * ${minute} + one * ${apart}, case when hash(tick * ${checks} + one) % 500 = 0 then 1 else 0 end,
      0.01, '', '[{"label":"used","value":' || (hash(tick + one) % 100) || ',"unit":"%"}]', null
    from range(${minutesKept}) as ticks(tick), range(${checks}) as ones(one) order by tick, one`);
  await connection.run("checkpoint");
  connection.closeSync();
  instance.closeSync();
}
