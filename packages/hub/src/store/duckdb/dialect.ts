/** Kysely over @duckdb/node-api. DuckDB's SQL is close enough to PostgreSQL's for its query compiler. */
import {
  type DuckDBConnection,
  type DuckDBMaterializedResult,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  VARCHAR,
  listValue,
} from "@duckdb/node-api";
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { Database, Purpose } from "./database.ts";
import { DuckDbIntrospector } from "./introspector.ts";

export class DuckDbDialect implements Dialect {
  readonly #database: Database;
  readonly #purpose: Purpose;

  constructor(database: Database, purpose: Purpose) {
    this.#database = database;
    this.#purpose = purpose;
  }

  createDriver = (): Driver => new DuckDbDriver(this.#database, this.#purpose);
  createQueryCompiler = (): PostgresQueryCompiler => new PostgresQueryCompiler();
  createAdapter = (): PostgresAdapter => new PostgresAdapter();
  createIntrospector = (kysely: Kysely<unknown>): DatabaseIntrospector => new DuckDbIntrospector(kysely);
}

class DuckDbDriver implements Driver {
  readonly #database: Database;
  readonly #purpose: Purpose;

  constructor(database: Database, purpose: Purpose) {
    this.#database = database;
    this.#purpose = purpose;
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}

  async acquireConnection(): Promise<DuckDbConnection> {
    const raw = await this.#database.acquire(this.#purpose);
    return new DuckDbConnection(this.#database, raw, this.#purpose);
  }

  async releaseConnection(connection: DuckDbConnection): Promise<void> {
    this.#database.release(this.#purpose, connection.raw);
  }

  async beginTransaction(connection: DuckDbConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw("begin"));
    } catch (error) {
      // Half begun, as when memory runs out in it, it would be in the way of all that come after.
      await this.rollbackTransaction(connection);
      throw error;
    }
  }

  async commitTransaction(connection: DuckDbConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DuckDbConnection): Promise<void> {
    // A failed commit has rolled back already, and then there is no transaction to end.
    await connection.executeQuery(CompiledQuery.raw("rollback")).catch(() => {});
  }
}

class DuckDbConnection implements DatabaseConnection {
  readonly #database: Database;
  readonly #purpose: Purpose;
  readonly raw: DuckDBConnection;

  constructor(database: Database, raw: DuckDBConnection, purpose: Purpose) {
    this.#database = database;
    this.#purpose = purpose;
    this.raw = raw;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#purpose === "read") return this.#database.read(() => this.#execute(query));
    try {
      return await this.#execute(query);
    } catch (error) {
      this.#database.failed(error);
      throw error;
    }
  }

  async #execute<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const result = parameters.length === 0 ? await this.raw.run(sql) : await this.#bound(sql, parameters);
    const rows = (await result.convertRowObjects((value) => plain(value))) as R[];
    return { rows, numAffectedRows: BigInt(result.rowsChanged) };
  }

  /** Prepared each time: DuckDB plans by what its tables hold at that moment, and an old plan answers as of then. */
  async #bound(sql: string, parameters: readonly unknown[]): Promise<DuckDBMaterializedResult> {
    const prepared = await this.raw.prepare(sql);
    try {
      const { values, types } = bindValues(parameters);
      prepared.bind(values, types);
      return await prepared.run();
    } finally {
      prepared.destroySync();
    }
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("rows are not streamed: bulk reads go through readColumns");
  }
}

/**
 * Lists, in which items may be null: texts go in as a list, numbers as what is read as one where the query casts it, for each item
 * of a list is a call. The type of any other value shows by itself.
 */
export function bindValues(parameters: readonly unknown[]): { values: DuckDBValue[]; types: DuckDBType[] } {
  const types: DuckDBType[] = [];
  const values = parameters.map((parameter, index) => {
    if (!Array.isArray(parameter)) return parameter as DuckDBValue;
    const items = parameter as (string | number | null)[];
    const isNumeric = typeof items.find((item) => item !== null) === "number";
    types[index] = isNumeric ? VARCHAR : LIST(VARCHAR);
    return isNumeric ? `[${items.map(String).join(",")}]` : listValue(items);
  });
  return { values, types };
}

/** Whole numbers of 64 and 128 bits arrive as bigint; all that we store are safe numbers. */
function plain(value: DuckDBValue): string | number | boolean | null {
  if (typeof value === "bigint") return Number(value);
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  throw new TypeError(`a query selects a value that is neither text, number nor boolean: ${String(value)}`);
}
