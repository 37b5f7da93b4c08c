import { join } from "node:path";
import type { Benchmark } from "../benchmark.ts";
import { rateOf } from "../rate.ts";
import { sqlite, sqliteVersion } from "../sqlite.ts";

const rows = 100_000;

/** Groups and sums of a table that fits into memory. */
export const sqlAggregate: Benchmark = {
  name: "sql-aggregate",
  unit: "{row}/s",
  instrument: () => `1 ${sqliteVersion()}`,
  run({ seconds, folder }) {
    const file = join(folder, "aggregate.db");
    sqlite(
      file,
      `pragma synchronous = off;
      create table run as
        with recursive count (number) as (select 1 union all select number + 1 from count limit ${rows})
        select number, 'process-' || number % 97 as process, number * 7919 % 1009 as seconds from count;`,
    );
    const question = "select process, count(*), sum(seconds), max(number) from run group by process;";
    return rateOf(() => sqlite(file, question), { seconds }) * rows;
  },
};
