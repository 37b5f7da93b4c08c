/** Which table holds the executions, and which ones the names that it has numbers for. From names and types alone. */
import { m } from "@culprit/messages";
import { UsageError } from "../../failures.ts";
import { guessFields, type Field } from "../fields.ts";

export type TableShape = {
  name: string;
  /** `type` in lower case, e.g. `int` or `timestamp`; empty if it is not known. */
  columns: readonly { name: string; type: string }[];
  primaryKey: readonly string[];
  references: ReadonlyMap<string, { table: string; column: string }>;
};

/** The field's column holds keys of `table`; the name stands in `name`. */
export type Join = { field: Field; table: string; key: string; name: string };

/** What to read: `joins` by the name of the column that they replace. */
export type Choice = { table: TableShape; joins: ReadonlyMap<string, Join> };

const namedBy: Partial<Record<Field, RegExp>> = {
  process: /^(process(es|o|os)?|proces(o|os)|jobs?|tasks?|scripts?)$/,
  step: /^(steps?|subprocess(es|o|os)?|subproces(o|os)|process(es|o|os)?|proces(o|os)|jobs?|tasks?|scripts?)$/,
  machine: /^(machines?|maquinas?|servers?|servidor(es)?|hosts?|nodes?)$/,
};
const nameColumn =
  /^(name|nome|nombre|(process|processo|proceso|job|task|script|host|machine|maquina|server|servidor)(name|nome)?|nome(processo|maquina)|hostname|descricao|description|descripcion)$/;
const fold = (name: string): string =>
  name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");

/** `said`: the table's name. A usage error lists the tables if none can be it. */
export function chooseTable(tables: readonly TableShape[], said: string | undefined): TableShape {
  const names = (all: readonly TableShape[]): string => all.map(({ name }) => name).join(", ");
  if (said !== undefined) {
    const found = tables.find(({ name }) => name.toLowerCase() === said.toLowerCase());
    if (!found) throw new UsageError(m.import_mysql_table({ table: said, tables: names(tables) }));
    return found;
  }
  const fitting = tables.filter((table) => {
    const fields = guessFields(columnNames(table));
    return fields.has("process") && fields.has("start") && (fields.has("end") || fields.has("duration"));
  });
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length === 0) throw new UsageError(m.import_mysql_no_table({ tables: names(tables) }));
  throw new UsageError(m.import_mysql_several_tables({ tables: names(fitting) }));
}

/** By `--join field=table.key:name`, else by foreign keys, else by the tables' names where a column holds numbers. */
export function chooseJoins(
  table: TableShape,
  tables: readonly TableShape[],
  fields: ReadonlyMap<Field, number>,
  said: string | undefined,
): Map<string, Join> {
  const joins = new Map<string, Join>();
  const explicit = new Map(saidJoins(said).map((join) => [join.field, join]));
  for (const field of ["process", "step", "machine"] as const) {
    const column = table.columns[fields.get(field) ?? -1];
    if (!column) continue;
    const join = explicit.get(field) ?? guessJoin(field, column, table, tables);
    if (join) joins.set(column.name, join);
  }
  return joins;
}

function saidJoins(said: string | undefined): Join[] {
  return (said?.split(",") ?? []).map((text) => {
    const match = /^(process|step|machine)=([^.]+)[.]([^:]+):(.+)$/.exec(text.trim());
    if (!match) throw new UsageError(m.import_mysql_join({ text }));
    const [, field, table, key, name] = match;
    return { field: field as "process", table: table!, key: key!, name: name! };
  });
}

function guessJoin(
  field: "process" | "step" | "machine",
  column: { name: string; type: string },
  table: TableShape,
  tables: readonly TableShape[],
): Join | null {
  const reference = table.references.get(column.name);
  if (!reference && !/int|decimal/.test(column.type)) return null;
  const target = tables.find((one) =>
    reference ? one.name === reference.table : one !== table && namedBy[field]!.test(fold(one.name)),
  );
  if (!target) return null;
  const key = reference?.column ?? (target.primaryKey.length === 1 ? target.primaryKey[0] : "id");
  const name =
    target.columns.find((one) => nameColumn.test(fold(one.name)) && !/int/.test(one.type)) ??
    target.columns.find(({ type }) => /char|text/.test(type));
  return key !== undefined && name ? { field, table: target.name, key, name: name.name } : null;
}

export function columnNames({ columns }: TableShape): string[] {
  return columns.map(({ name }) => name);
}

/** What a person should know of the choice. */
export function notesOf({ table, joins }: Choice): string[] {
  return [
    m.import_mysql_chosen({ table: table.name }),
    ...[...joins].map(([column, join]) =>
      m.import_mysql_joined({ column, name: `${join.table}.${join.name}`, key: `${join.table}.${join.key}` }),
    ),
  ];
}

/** Times of type TIMESTAMP are read in UTC, those of DATETIME are local; a zero date is none. */
export function cellReader(
  { table, joins }: Choice,
  names: ReadonlyMap<string, ReadonlyMap<string, string>>,
  timestampsInUtc: boolean,
): (values: readonly (string | null)[]) => (string | null)[] {
  const inUtc = table.columns.map(({ type }) => timestampsInUtc && type.startsWith("timestamp"));
  const named = table.columns.map(({ name }) => {
    const join = joins.get(name);
    return join && names.get(joinKey(join));
  });
  return (values) =>
    values.map((value, at) => {
      if (value === null || value.startsWith("0000-00-00")) return null;
      const known = named[at];
      if (known) return known.get(value) ?? (value === "0" ? null : value);
      return inUtc[at] ? `${value}Z` : value;
    });
}

export const joinKey = ({ table, key, name }: Join): string => `${table}.${key}:${name}`;
