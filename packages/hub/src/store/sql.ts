/** Pieces of SQL that several nouns share. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "./tables.ts";

/** How names are compared: without case, one form for each accented letter. Made here so that both engines agree. */
export function nameKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

type Sequence =
  | "check"
  | "machine"
  | "maintenance"
  | "process"
  | "step"
  | "series"
  | "person"
  | "access_token"
  | "audit"
  | "checkin"
  | "expectation"
  | "supervision_event";

export function nextNumber(sequence: Sequence): RawBuilder<number> {
  return sql<number>`nextval(${sql.lit(`${sequence}_number`)})`;
}

/** One number for each of `count` rows, taken at once. */
export async function takeNumbers(db: Kysely<Tables>, sequence: Sequence, count: number): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`
    select ${nextNumber(sequence)} as number from generate_series(1, ${sql.lit(count)})`.execute(db);
  return rows.map(({ number }) => number);
}

/** A list as a set for `in`: one parameter however long it is. */
export function textSet(values: readonly string[]): RawBuilder<string> {
  return sql<string>`(select unnest(${values}::text[]))`;
}

export function integerSet(values: readonly number[]): RawBuilder<number> {
  return sql<number>`(select unnest(${values}::integer[]))`;
}

export function bigintSet(values: readonly number[]): RawBuilder<number> {
  return sql<number>`(select unnest(${values}::bigint[]))`;
}

/** Many rows, to insert or to join with, as columns in the order of the table's named ones: DuckDB takes long to read a statement of thousands of values. */
export function rowsOf(
  columns: readonly { type: "integer" | "bigint" | "text"; values: Column }[],
): RawBuilder<unknown> {
  return sql`select ${sql.join(columns.map(({ type, values }) => sql`unnest(${values}::${sql.raw(type)}[])`))}`;
}

type Column = readonly (string | null)[] | readonly (number | null)[];

/** PostgreSQL's text has no NUL. */
export function storableText(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}
