import { Link } from "@tanstack/react-router";
import type { ScheduleAdvice } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { SignedDuration } from "../ui/signed-duration.tsx";
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
  const saved = (key: string, title: string, value: (row: Moved) => number): Column<Moved> => ({
    key,
    title,
    numeric: true,
    value,
    cell: (row) => <SignedDuration seconds={value(row)} />,
  });
  return [
    {
      key: "process",
      title: m.process(),
      value: ({ process }) => process,
      cell: ({ process, processId }) => (
        <Link to="/processes/$process" params={{ process: processId }}>
          {process}
        </Link>
      ),
    },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    {
      key: "lost",
      title: m.advice_lost_now(),
      numeric: true,
      value: ({ lostSeconds }) => lostSeconds,
      cell: ({ lostSeconds }) => <Duration seconds={lostSeconds} />,
    },
    saved("saving", m.advice_saving(), ({ savingSeconds }) => savingSeconds),
    saved("low", m.culprits_low(), ({ low }) => low),
    saved("high", m.culprits_high(), ({ high }) => high),
  ];
}
