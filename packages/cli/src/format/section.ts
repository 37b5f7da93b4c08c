import { m } from "@culprit/messages";
import { paint } from "./colour.ts";
import { count } from "./quantity.ts";
import { formatTable, type Column } from "./table.ts";

type Look = { columns: number | null; colours: boolean };

/** A title, the first rows, and how many more there are; empty without rows. */
export function section<Row>(
  title: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  look: Look,
  most = 12,
): string {
  if (rows.length === 0) return "";
  const more = rows.length > most ? `\n${m.cmd_more_rows({ count: count(rows.length - most) })}` : "";
  return `\n${paint(look.colours, "bold", title)}\n${formatTable(columns, rows.slice(0, most), look)}${more}`;
}
