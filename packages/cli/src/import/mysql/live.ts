/** A table of a running MySQL or MariaDB as a source; rows stream, whatever their number. */
import { m } from "@culprit/messages";
import { createConnection, type Connection } from "mysql2";
import { Failure } from "../../failures.ts";
import { chooseFields } from "../fields.ts";
import type { ImportOptions } from "../kind.ts";
import type { Source, SourceRow } from "../row.ts";
import type { Terminal } from "../../terminal.ts";
import { mostNames } from "./dump.ts";
import {
  cellReader,
  chooseJoins,
  chooseTable,
  columnNames,
  joinKey,
  notesOf,
  type TableShape,
} from "./shape.ts";

const rowsAtATime = 1000;

/** `mysql://user[:password]@host[:port]/database[?socket=/path][&tls=1]`; the password may stand in MYSQL_PWD. */
export async function openLive(
  address: string,
  options: ImportOptions,
  { environment }: Terminal,
): Promise<Source> {
  const url = readAddress(address);
  const connection = createConnection({
    host: url.hostname || "localhost",
    port: Number(url.port) || 3306,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || (environment["MYSQL_PWD"] ?? ""),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(url.searchParams.has("socket") ? { socketPath: url.searchParams.get("socket")! } : {}),
    ...(url.searchParams.has("tls") ? { ssl: {} } : {}),
    charset: "utf8mb4",
    // Names of columns come from elsewhere: no code is made of them.
    disableEval: true,
    connectTimeout: 10_000,
  });
  // What breaks shows in the query under way.
  connection.on("error", () => {});
  try {
    await ask(connection, "set session time_zone = '+00:00'");
    // What others write meanwhile is not seen, and nothing can be changed from here.
    await ask(connection, "start transaction with consistent snapshot, read only");
    const tables = await readShapes(connection);
    const table = chooseTable(tables, options.table);
    const columns = columnNames(table);
    const { columns: fields } = chooseFields(columns, options.map);
    const joins = chooseJoins(table, tables, fields, options.join);
    const names = new Map<string, Map<string, string>>();
    for (const join of joins.values()) {
      const rows = await ask(
        connection,
        `select ${quote(join.key)}, ${quote(join.name)} from ${quote(join.table)} limit ${mostNames}`,
      );
      names.set(joinKey(join), new Map(rows.map(([key, name]) => [key ?? "", name ?? ""])));
    }
    const [[total = "0"] = []] = await ask(connection, `select count(*) from ${quote(table.name)}`);
    const cells = cellReader({ table, joins }, names, true);
    let line = 0;
    return {
      columns,
      notes: notesOf({ table, joins }),
      async *rows() {
        const order =
          table.primaryKey.length > 0 ? ` order by ${table.primaryKey.map(quote).join(", ")}` : "";
        const query = `select ${columns.map(quote).join(", ")} from ${quote(table.name)}${order}`;
        const stream = connection
          .query({ sql: query, rowsAsArray: true, typeCast: (field) => field.string("utf-8") })
          .stream({ highWaterMark: rowsAtATime });
        let rows: SourceRow[] = [];
        for await (const values of stream as AsyncIterable<(string | null)[]>) {
          rows.push({ line: ++line, cells: cells(values) });
          if (rows.length < rowsAtATime) continue;
          yield rows;
          rows = [];
        }
        yield rows;
      },
      share: () => (Number(total) > 0 ? Math.min(1, line / Number(total)) : null),
      // Rows may have come or gone since: sending all again adds nothing.
      fingerprint: null,
      close: async () => connection.destroy(),
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function readAddress(address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw new Failure(m.import_mysql_address());
  }
}

async function readShapes(connection: Connection): Promise<TableShape[]> {
  const columns = await ask(
    connection,
    `select table_name, column_name, data_type from information_schema.columns
     where table_schema = database() order by table_name, ordinal_position`,
  );
  const keys = await ask(
    connection,
    `select table_name, column_name, constraint_name, referenced_table_name, referenced_column_name
     from information_schema.key_column_usage where table_schema = database() order by ordinal_position`,
  );
  return [...new Set(columns.map(([table]) => table!))].map((name) => {
    const own = keys.filter(([table]) => table === name);
    return {
      name,
      columns: columns
        .filter(([table]) => table === name)
        .map(([, column, type]) => ({ name: column!, type: type!.toLowerCase() })),
      primaryKey: own.filter(([, , constraint]) => constraint === "PRIMARY").map(([, column]) => column!),
      references: new Map(
        own
          .filter(([, , , table]) => table !== null)
          .map(([, column, , table, other]) => [column!, { table: table!, column: other! }]),
      ),
    };
  });
}

/** Rows as text. A failure says what the database said. */
function ask(connection: Connection, sql: string): Promise<(string | null)[][]> {
  return new Promise((resolve, reject) => {
    connection.query(
      { sql, rowsAsArray: true, typeCast: (field) => field.string("utf-8") },
      (error: Error | null, rows: unknown) => {
        if (error) reject(new Failure(m.import_mysql_failed({ reason: error.message || error.name })));
        else resolve(Array.isArray(rows) ? (rows as (string | null)[][]) : []);
      },
    );
  });
}

const quote = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
