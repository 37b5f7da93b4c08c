import { benchmarkScoreMetric } from "@culprit/protocol";
import { sql } from "kysely";
import type { Engine } from "./engine.ts";
import { sampleStore } from "./samples.ts";
import { integerSet } from "./sql.ts";
import type { BenchmarkStore } from "./store.ts";

/** A year of one every six hours. */
const mostScores = 1500;

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
  };
}
