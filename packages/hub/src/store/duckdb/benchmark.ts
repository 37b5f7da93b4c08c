/** How fast DuckDB is in this process, on a database of its own in memory: bounded in rows, memory and time. */
import { DuckDBInstance, version } from "@duckdb/node-api";

export type DuckDbScores = { instrument: string; insertedPerSecond: number; aggregatedPerSecond: number };

/** As much as a statement of an upload; enough of them to take some hundred milliseconds. */
const rowsPerStatement = 500;
const statements = 40;
const aggregates = 50;
const longestMillis = 5000;

/** Rejects if it takes too long. The event loop goes on: DuckDB works in threads of its own. */
export async function benchmarkDuckDb(): Promise<DuckDbScores> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "64MB",
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    enable_external_access: "false",
  });
  const connection = await instance.connect();
  const tooLong = setTimeout(() => connection.interrupt(), longestMillis);
  try {
    await connection.run(
      "create table run (machine integer, process integer, started_at bigint, seconds double)",
    );
    const begun = performance.now();
    for (let statement = 0; statement < statements; statement++)
      await connection.run(`insert into run values ${rowsOf(statement)}`);
    const inserted = performance.now();
    for (let time = 0; time < aggregates; time++)
      await connection.runAndReadAll(
        "select machine, process, count(*), avg(seconds), max(seconds) from run group by 1, 2 order by 5 desc limit 10",
      );
    const aggregated = performance.now();
    const rows = statements * rowsPerStatement;
    return {
      instrument: `duckdb-${version().replace(/^v/, "")}`,
      insertedPerSecond: (1000 * rows) / (inserted - begun),
      aggregatedPerSecond: (1000 * rows * aggregates) / (aggregated - inserted),
    };
  } finally {
    clearTimeout(tooLong);
    connection.closeSync();
    instance.closeSync();
  }
}

/** The same in each run. */
function rowsOf(statement: number): string {
  return Array.from({ length: rowsPerStatement }, (_, row) => {
    const number = statement * rowsPerStatement + row;
    return `(${number % 40}, ${number % 613}, ${1_790_000_000_000_000 + number}, ${(number * 7919) % 10_007})`;
  }).join(",");
}
