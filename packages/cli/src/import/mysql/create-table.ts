/** The shape of a table from its CREATE TABLE, as mysqldump and `SHOW CREATE TABLE` write it: one part a line. */
import { nameOf } from "./dump-scanner.ts";
import type { TableShape } from "./shape.ts";

const name = "`(?:[^`]|``)+`";
const create = new RegExp(
  `^CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(${name}|[\\w$]+)\\s*\\(([^]*)\\)`,
  "i",
);
const column = new RegExp(`^(${name})\\s+(\\w+)`);
const reference = new RegExp(`FOREIGN KEY \\((${name})\\) REFERENCES (${name}) \\((${name})\\)`, "i");

/** Null for every other statement. */
export function readCreateTable(statement: string): TableShape | null {
  const match = create.exec(statement.trim());
  if (!match) return null;
  const columns: { name: string; type: string }[] = [];
  const references = new Map<string, { table: string; column: string }>();
  let primaryKey: string[] = [];
  for (const part of match[2]!.split("\n").map((line) => line.trim())) {
    const [, columnName, type] = column.exec(part) ?? [];
    if (columnName !== undefined) columns.push({ name: nameOf(columnName), type: type!.toLowerCase() });
    const key = /^PRIMARY KEY \(([^)]*)\)/i.exec(part)?.[1];
    if (key !== undefined) primaryKey = key.split(",").map(nameOf);
    const [, own, table, other] = reference.exec(part) ?? [];
    if (own !== undefined) references.set(nameOf(own), { table: nameOf(table!), column: nameOf(other!) });
  }
  return { name: nameOf(match[1]!), columns, primaryKey, references };
}
