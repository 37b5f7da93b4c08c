import {
  type DatabaseIntrospector,
  type DatabaseMetadata,
  type Kysely,
  type SchemaMetadata,
  sql,
  type TableMetadata,
} from "kysely";

type ColumnRow = {
  table_name: string;
  column_name: string;
  data_type: string;
  is_nullable: string;
  column_default: string | null;
};

/** What Kysely asks of a dialect to describe a database; here for the test of the schema. */
export class DuckDbIntrospector implements DatabaseIntrospector {
  readonly #kysely: Kysely<unknown>;

  constructor(kysely: Kysely<unknown>) {
    this.#kysely = kysely;
  }

  async getSchemas(): Promise<SchemaMetadata[]> {
    return [{ name: "main" }];
  }

  async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<ColumnRow>`
      select table_name, column_name, data_type, is_nullable, column_default
      from information_schema.columns where table_schema = 'main' order by table_name, ordinal_position`.execute(
      this.#kysely,
    );
    const tables = new Map<string, TableMetadata>();
    for (const row of rows) {
      const table = tables.get(row.table_name) ?? { name: row.table_name, isView: false, columns: [] };
      tables.set(row.table_name, table);
      table.columns.push({
        name: row.column_name,
        dataType: row.data_type,
        isNullable: row.is_nullable === "YES",
        hasDefaultValue: row.column_default !== null,
        isAutoIncrementing: row.column_default?.startsWith("nextval") ?? false,
      });
    }
    return [...tables.values()];
  }

  async getMetadata(): Promise<DatabaseMetadata> {
    return { tables: await this.getTables() };
  }
}
