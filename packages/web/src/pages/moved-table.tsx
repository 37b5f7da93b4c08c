import type { ScheduleAdvice } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { machineColumn, processColumn, savingColumns } from "../ui/process-columns.tsx";
import { Duration } from "../ui/time.tsx";

type Moved = ScheduleAdvice["victims"][number];

/** What a move changes for each process, in a day. */
export function MovedTable({ caption, processes }: { caption: string; processes: readonly Moved[] }) {
  return (
    <DataTable
      caption={caption}
      columns={columns()}
      rows={processes}
      rowKey={({ processId, machineId }) => `${machineId} ${processId}`}
      order={{ key: "saving", descending: true }}
      atFirst={10}
    />
  );
}

function columns(): Column<Moved>[] {
  return [
    processColumn(),
    machineColumn(),
    {
      key: "lost",
      title: m.advice_lost_now(),
      numeric: true,
      value: ({ lostSeconds }) => lostSeconds,
      cell: ({ lostSeconds }) => <Duration seconds={lostSeconds} />,
    },
    ...savingColumns("saving", m.advice_saving()),
  ];
}
