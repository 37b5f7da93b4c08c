/** A dump file as a source. It is read once for the shapes of its tables, once for names if there are any, once for the rows. */
import { m } from "@culprit/messages";
import { Failure, UsageError } from "../../failures.ts";
import { chooseFields } from "../fields.ts";
import { Input } from "../input.ts";
import type { ImportOptions } from "../kind.ts";
import type { Source, SourceRow } from "../row.ts";
import { readCreateTable } from "./create-table.ts";
import { DumpScanner, type DumpEvent } from "./dump-scanner.ts";
import {
  cellReader,
  chooseJoins,
  chooseTable,
  columnNames,
  joinKey,
  notesOf,
  type Choice,
  type Join,
  type TableShape,
} from "./shape.ts";

export const mostNames = 200_000;
const rowsAtATime = 1000;

type Survey = { tables: TableShape[]; timestampsInUtc: boolean; decode: (text: string) => string };

export async function openDump(path: string, folder: string, options: ImportOptions): Promise<Source> {
  if (path === "-") throw new UsageError(m.import_mysql_file_needed());
  const survey = await takeStock(path, folder);
  const table = chooseTable(survey.tables, options.table);
  const columns = columnNames(table);
  const { columns: fields } = chooseFields(columns, options.map);
  const joins = chooseJoins(table, survey.tables, fields, options.join);
  const choice: Choice = { table, joins };
  const names = await readNames(path, folder, survey, [...joins.values()]);
  const input = await Input.open(path, folder);
  const cells = cellReader(choice, names, survey.timestampsInUtc);
  return {
    columns,
    notes: notesOf(choice),
    async *rows() {
      let rows: SourceRow[] = [];
      let line = 0;
      for await (const { insert, values } of rowsOf(input, survey)) {
        if (insert !== table.name && values) continue;
        line++;
        if (!values)
          rows.push({ line, fault: { reason: "unreadable", detail: m.import_mysql_cut() }, text: "" });
        else if (values.length === columns.length) rows.push({ line, cells: cells(values) });
        else rows.push({ line, fault: { reason: "unreadable" }, text: values.join(", ").slice(0, 1000) });
        if (rows.length >= rowsAtATime) {
          yield rows;
          rows = [];
        }
      }
      yield rows;
    },
    share: () => input.share(),
    fingerprint: input.fingerprint,
    close: () => input.close(),
  };
}

async function takeStock(path: string, folder: string): Promise<Survey> {
  const tables = new Map<string, TableShape>();
  let timestampsInUtc = false;
  let charset = "utf8mb4";
  const input = await Input.open(path, folder);
  for await (const event of eventsOf(input)) {
    if (event.kind === "insert" && event.columns && !tables.has(event.table)) {
      const columns = event.columns.map((name) => ({ name, type: "" }));
      tables.set(event.table, { name: event.table, columns, primaryKey: [], references: new Map() });
    }
    if (event.kind !== "statement") continue;
    const shape = readCreateTable(event.text);
    if (shape) tables.set(shape.name, shape);
    timestampsInUtc ||= /TIME_ZONE\s*=\s*'\+00:00'/i.test(event.text);
    charset = /^(?:\/\*!\d*\s*)?SET NAMES '?(\w+)/i.exec(event.text)?.[1]?.toLowerCase() ?? charset;
  }
  if (tables.size === 0) throw new UsageError(m.import_mysql_no_dump({ path }));
  return { tables: [...tables.values()], timestampsInUtc, decode: decoderOf(charset) };
}

async function readNames(
  path: string,
  folder: string,
  survey: Survey,
  joins: readonly Join[],
): Promise<Map<string, Map<string, string>>> {
  const all = new Map(joins.map((join) => [joinKey(join), new Map<string, string>()]));
  if (joins.length === 0) return all;
  const places = joins.map((join) => {
    const table = survey.tables.find(({ name }) => name === join.table);
    const columns = table ? columnNames(table) : [];
    const [key, name] = [columns.indexOf(join.key), columns.indexOf(join.name)];
    if (key === -1 || name === -1)
      throw new UsageError(m.import_mysql_join({ text: `${join.field}=${joinKey(join)}` }));
    return { table: join.table, key, name, names: all.get(joinKey(join))! };
  });
  const input = await Input.open(path, folder);
  for await (const { insert, values = [] } of rowsOf(input, survey))
    for (const { table, key, name, names } of places) {
      const [id, text] = [values[key], values[name]];
      if (table === insert && id && text && names.size < mostNames) names.set(id, text);
    }
  return all;
}

/** Rows with the table that they belong to, their values in the order of its shape; without values where the file is cut off. */
async function* rowsOf(
  input: Input,
  { tables, decode }: Survey,
): AsyncGenerator<{ insert: string; values?: (string | null)[] }> {
  const shapes = new Map(tables.map((table) => [table.name, columnNames(table)]));
  let insert = "";
  let order: readonly number[] | null = null;
  for await (const event of eventsOf(input)) {
    if (event.kind === "insert") {
      insert = event.table;
      const { columns } = event;
      order = columns && (shapes.get(insert)?.map((name) => columns.indexOf(name)) ?? null);
    }
    if (event.kind === "cut") yield { insert };
    if (event.kind !== "row") continue;
    const values = event.values.map((value) => value && decode(value));
    yield { insert, values: order ? order.map((at) => values[at] ?? null) : values };
  }
}

async function* eventsOf(input: Input): AsyncGenerator<DumpEvent> {
  const scanner = new DumpScanner();
  for await (const chunk of input.chunks()) yield* scanner.feed(chunk);
  yield* scanner.end();
}

function decoderOf(charset: string): (text: string) => string {
  const label = charset.startsWith("utf8")
    ? "utf-8"
    : { latin1: "latin1", binary: "utf-8", ascii: "utf-8" }[charset];
  if (label === undefined) throw new Failure(m.import_encoding({ encoding: charset }));
  const decoder = new TextDecoder(label);
  const plain = /^[\x00-\x7f]*$/;
  return (text) => (plain.test(text) ? text : decoder.decode(Buffer.from(text, "latin1")));
}
