import { benchmarkScoreMetric } from "@culprit/protocol";
import { sql } from "kysely";
import type { Engine } from "./engine.ts";
import { sampleStore } from "./samples.ts";
import { integerSet } from "./sql.ts";
import type { BenchmarkStore, ScoreColumns } from "./store.ts";

/** A year of one every six hours. */
const mostScores = 1500;
const mostHubScores = 10_000;

export function benchmarkStore(engine: Engine): BenchmarkStore {
  const samples = sampleStore(engine);
  return {
    async scores(machineIds, since) {
      if (machineIds.length === 0) return [];
      const series = await samples.described(machineIds, [benchmarkScoreMetric]);
      const query = sql`
        select series_id, "at", value
        from (
          select series_id, "at", value,
            row_number() over (partition by machine_id, series_id order by "at" desc) as place
          from benchmark_score
          where machine_id in ${integerSet(machineIds)} and "at" >= ${since}::bigint) as newest
        where place <= ${sql.lit(mostScores)} order by series_id, "at"`.compile(engine.read);
      const [ids, at, values] = await engine.readColumns(query, ["int32", "float64", "float64"]);
      return series.flatMap(({ seriesId, machineId, description }) => {
        const first = ids.indexOf(seriesId);
        if (first < 0) return [];
        const end = ids.lastIndexOf(seriesId) + 1;
        return [{ machineId, description, at: at.slice(first, end), value: values.slice(first, end) }];
      });
    },

    addHubScores: (scores) =>
      engine.write(async (db) => {
        await db
          .insertInto("hub_score")
          .values(scores.map((score) => ({ ...score })))
          .onConflict((conflict) => conflict.columns(["instrument", "benchmark", "at"]).doNothing())
          .execute();
      }),

    async hubScores(since) {
      const rows = await engine.read
        .selectFrom("hub_score")
        .selectAll()
        .where("at", ">=", since)
        .orderBy("at", "desc")
        .limit(mostHubScores)
        .execute();
      const groups = new Map<string, typeof rows>();
      for (const row of rows.toReversed()) {
        const key = JSON.stringify([row.instrument, row.benchmark]);
        const own = groups.get(key);
        if (own) own.push(row);
        else groups.set(key, [row]);
      }
      return [...groups.values()].map((own): ScoreColumns => {
        const { instrument, benchmark, unit } = own[0]!;
        return {
          machineId: 0,
          description: {
            metric: benchmarkScoreMetric,
            attributes: { benchmark, instrument },
            unit,
            type: "gauge",
          },
          at: Float64Array.from(own, ({ at }) => at),
          value: Float64Array.from(own, ({ value }) => value),
        };
      });
    },
  };
}
