/** Averages over a machine's history as a table. */
import { liveFigures } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { liveFigureNames } from "@culprit/messages/live-names";
import type { FigureSummary, HistorySummary } from "../history/summary.ts";
import { figureText } from "../live/draw-figures.ts";
import type { Terminal } from "../terminal.ts";
import { localTime } from "./quantity.ts";
import { formatTable, printable, type Column } from "./table.ts";

export function formatHistory(summary: HistorySummary, terminal: Terminal): string {
  const { machine, records, from, to, figures } = summary;
  if (from === null || to === null) return m.history_none({ machine: printable(machine) });
  const zone = terminal.timeZone;
  const rows = liveFigures.flatMap((figure) => {
    const one = figures[figure];
    return one ? [{ figure, ...one }] : [];
  });
  type Row = (typeof rows)[number];
  const column = (title: string, key: keyof FigureSummary): Column<Row> => ({
    title,
    align: "right",
    cell: (row) => figureText(row.figure, row[key]),
  });
  const columns: Column<Row>[] = [
    { title: "", cell: ({ figure }) => liveFigureNames[figure](), shrinkTo: 10 },
    column(m.history_col_average(), "average"),
    column(m.history_col_lowest(), "lowest"),
    column(m.history_col_highest(), "highest"),
    column(m.history_col_newest(), "newest"),
  ];
  const span = { from: localTime(from, zone), to: localTime(to, zone), zone };
  return [
    m.history_title({ machine: printable(machine), count: records, ...span }),
    formatTable(columns, rows, terminal),
  ].join("\n");
}
