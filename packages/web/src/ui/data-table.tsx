/** A table that sorts, filters and exports, and that a phone can scroll sideways. */
import { useMemo, useState, type ReactNode } from "react";
import { Button, TextInput, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconDownload, IconSearch } from "@tabler/icons-react";
import { formatNumber, toCsv, type CsvCell } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { downloadText, fileName } from "./download.ts";
import { arrange, type Order } from "./arrange.ts";

export type Column<Row> = {
  key: string;
  title: string;
  /** What sorting and the export use. */
  value: (row: Row) => CsvCell;
  /** What is shown; the value if absent. */
  cell?: (row: Row) => ReactNode;
  numeric?: boolean;
  /** The time zone of what is shown; the export is in UTC. */
  zone?: string;
};

export type DataTableProps<Row> = {
  /** Names the table for a screen reader and its export. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  order?: Order;
  /** Rows shown before a button shows more. */
  atFirst?: number;
};

export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  order: first,
  atFirst = 50,
}: DataTableProps<Row>) {
  const { language } = usePreferences();
  const [order, setOrder] = useState(first);
  const [text, setText] = useState("");
  const [most, setMost] = useState(atFirst);
  const arranged = useMemo(() => arrange(rows, columns, order, text), [rows, columns, order, text]);
  const shown = arranged.slice(0, most);
  const turn = (key: string) =>
    setOrder((now) => ({
      key,
      descending:
        now?.key === key ? !now.descending : columns.find((column) => column.key === key)?.numeric === true,
    }));
  const save = () => {
    const header = columns.map(({ title }) => title);
    const body = arranged.map((row) => columns.map(({ value }) => value(row)));
    downloadText(fileName([caption], "csv"), toCsv(header, body));
  };
  return (
    <div className="data-table">
      <div className="data-table-tools">
        {rows.length > 8 && (
          <TextInput
            size="xs"
            aria-label={m.filter_rows({ table: caption })}
            placeholder={m.filter()}
            leftSection={<IconSearch size={14} aria-hidden />}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={save}
        >
          {m.csv()}
        </Button>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be within reach of the keyboard */}
      <section className="data-table-scroll" tabIndex={0} aria-label={caption}>
        <table>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ key, title, numeric, zone }) => (
                <th
                  key={key}
                  scope="col"
                  className={numeric ? "numeric" : undefined}
                  aria-sort={order?.key === key ? (order.descending ? "descending" : "ascending") : undefined}
                >
                  <UnstyledButton className="sort" onClick={() => turn(key)}>
                    {title}
                    {zone !== undefined && <span className="quiet small"> ({zone})</span>}
                    {order?.key === key &&
                      (order.descending ? (
                        <IconArrowDown size={12} aria-hidden />
                      ) : (
                        <IconArrowUp size={12} aria-hidden />
                      ))}
                  </UnstyledButton>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={rowKey(row)}>
                {columns.map(({ key, cell, value, numeric }) => (
                  <td key={key} className={numeric ? "numeric" : undefined}>
                    {cell ? cell(row) : plain(value(row), language)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {shown.length === 0 && <p className="quiet">{m.no_rows_match()}</p>}
      {arranged.length > shown.length && (
        <Button size="xs" variant="default" mt="xs" onClick={() => setMost(most + 200)}>
          {m.show_more({ count: arranged.length - shown.length })}
        </Button>
      )}
    </div>
  );
}

function plain(value: CsvCell, locale: string): ReactNode {
  return typeof value === "number" ? formatNumber(value, locale) : value;
}
