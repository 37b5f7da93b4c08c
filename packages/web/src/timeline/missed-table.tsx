/** Starts that did not take place, as a table. */
import { m } from "@culprit/messages";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Instant } from "../ui/time.tsx";
import type { Marks } from "./marks.ts";
import type { View } from "./view.ts";

type Row = { machine: string; process: string; at: number };

export function MissedTable({ marks, view }: { marks: readonly Marks[]; view: View }) {
  const rows = marks.flatMap(({ machine, process, missed }) =>
    missed.filter((at) => at >= view.from && at < view.to).map((at) => ({ machine, process, at })),
  );
  return (
    <DataTable
      caption={m.timeline_missed_title()}
      columns={columns()}
      rows={rows}
      rowKey={({ machine, process, at }) => `${machine} ${process} ${at}`}
      order={{ key: "at", descending: true }}
    />
  );
}

function columns(): Column<Row>[] {
  return [
    { key: "process", title: m.process(), value: ({ process }) => process },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    {
      key: "at",
      title: m.timeline_expected_at(),
      value: ({ at }) => new Date(at).toISOString(),
      cell: ({ at }) => <Instant at={at} absolute />,
    },
  ];
}
