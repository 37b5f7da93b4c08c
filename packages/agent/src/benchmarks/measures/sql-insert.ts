import { join } from "node:path";
import type { Benchmark } from "../benchmark.ts";
import { rateOf } from "../rate.ts";
import { sqlite, sqliteVersion } from "../sqlite.ts";

const rows = 10_000;
/** Of rows of some 60 bytes: the file stays below 64 MiB. */
const mostRounds = 60;

/** Single-row inserts in one transaction, with the statements read and parsed. */
export const sqlInsert: Benchmark = {
  name: "sql-insert",
  unit: "{row}/s",
  instrument: () => `1 ${sqliteVersion()}`,
  run({ seconds, folder }) {
    const file = join(folder, "insert.db");
    const inserts = Array.from(
      { length: rows },
      (_, at) => `insert into run values (${at}, 'process-${at % 97}', ${at % 1009}.5);`,
    );
    // How fast a disk is told by another benchmark.
    const statements = `pragma synchronous = off; begin; ${inserts.join("\n")} commit;`;
    sqlite(file, "create table run (number integer, process text, seconds real);");
    return rateOf(() => sqlite(file, statements), { seconds, mostUnits: mostRounds }) * rows;
  },
};
