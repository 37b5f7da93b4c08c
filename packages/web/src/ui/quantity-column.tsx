import type { Column } from "./data-table.tsx";
import { Quantity } from "./quantity.tsx";

/** A column of values of one unit, as the hub names units. */
export function quantityColumn<Row>(
  key: string,
  title: string,
  unit: string,
  value: (row: Row) => number | null,
): Column<Row> {
  return {
    key,
    title,
    numeric: true,
    value,
    cell: (row) => <Quantity value={value(row)} unit={unit} />,
  };
}
