/** Rows of a table in the order and with the filter that a reader chose. */
import type { CsvCell } from "@culprit/charts";

export type Order = { key: string; descending: boolean };

type Sortable<Row> = { key: string; value: (row: Row) => CsvCell };

/** Numbers by size, texts by the rules of the language, absent values last whichever way. A filter matches any column. */
export function arrange<Row>(
  rows: readonly Row[],
  columns: readonly Sortable<Row>[],
  order: Order | undefined,
  text: string,
): Row[] {
  const wanted = text.trim().toLowerCase();
  const kept = wanted
    ? rows.filter((row) =>
        columns.some(({ value }) =>
          String(value(row) ?? "")
            .toLowerCase()
            .includes(wanted),
        ),
      )
    : [...rows];
  const column = columns.find(({ key }) => key === order?.key);
  if (!column || !order) return kept;
  return kept.sort((a, b) => compare(column.value(a), column.value(b), order.descending));
}

function compare(a: CsvCell, b: CsvCell, descending: boolean): number {
  const [noA, noB] = [isAbsent(a), isAbsent(b)];
  if (noA || noB) return Number(noA) - Number(noB);
  const ascending =
    typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a).localeCompare(String(b), undefined, { numeric: true });
  return descending ? -ascending : ascending;
}

const isAbsent = (value: CsvCell) =>
  value === null || value === undefined || Number.isNaN(value) || value === "";
