/** What every engine must do for the scores of benchmarks. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { cpu, hour, points, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

const integer = {
  metric: "culprit.benchmark.score",
  attributes: { benchmark: "cpu-integer", instrument: "1" },
  unit: "{operation}/s",
  type: "gauge",
} as const;

export function benchmarksSuite(engine: Store["engine"], address: Address): void {
  describe(`scores of benchmarks on ${engine}`, () => {
    const on = storeInTest(address);
    const { batch, commit } = on;

    test("of the hub are told by what measured them, once each", async () => {
      const score = (at: number, value: number, instrument = "duckdb-1 on a") =>
        ({ benchmark: "sql-insert", instrument, unit: "{row}/s", at, value }) as const;
      await on.store.benchmarks.addHubScores([score(start, 5), score(start + hour, 6)]);
      await on.store.benchmarks.addHubScores([score(start, 5), score(start, 9, "duckdb-1 on b")]);
      const read = async (since: number) =>
        (await on.store.benchmarks.hubScores(since)).map(({ machineId, description, value }) => [
          machineId,
          description.attributes["instrument"],
          [...value],
        ]);
      expect(await read(start)).toEqual(
        expect.arrayContaining([
          [0, "duckdb-1 on a", [5, 6]],
          [0, "duckdb-1 on b", [9]],
        ]),
      );
      expect(await read(start + 1)).toEqual([[0, "duckdb-1 on a", [6]]]);
    });

    test("stay when the samples of their time are removed, go with the executions, and count once", async () => {
      const [seriesId] = (await on.seriesIds([integer, cpu])) as [number, number];
      const at = [start, start + hour, start + 2 * hour];
      const scored = batch(1, {
        points: points(at.map((each) => [seriesId, each, 5, 0])),
        scores: { seriesId: [seriesId, seriesId, seriesId], at: at.toReversed(), value: [7, 6, 5] },
      });
      expect(await commit(scored, scored)).toEqual(["stored", "duplicate"]);
      const read = (since = 0) => on.store.benchmarks.scores([on.machineId], since);
      const all = {
        machineId: on.machineId,
        description: integer,
        at: Float64Array.from(at),
        value: Float64Array.of(5, 6, 7),
      };
      expect(await read()).toEqual([all]);
      expect(await read(start + hour)).toEqual([{ ...all, at: all.at.slice(1), value: all.value.slice(1) }]);
      expect(await on.store.benchmarks.scores([], 0)).toEqual([]);
      const limits = { samples: start + hour, executions: start - hour, keys: start - hour };
      expect(await on.store.removeBefore(limits)).toMatchObject({ sample: 1, benchmark_score: 0 });
      expect(await on.store.removeBefore({ ...limits, executions: start + hour })).toMatchObject({
        benchmark_score: 1,
      });
      expect((await read())[0]!.value).toEqual(Float64Array.of(6, 7));
    });
  });
}
