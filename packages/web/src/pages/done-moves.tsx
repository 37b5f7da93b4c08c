/** Processes whose starts have moved, and what that gained: measured, not predicted. */
import type { DoneMove } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { machineColumn, processColumn, savingColumns } from "../ui/process-columns.tsx";
import { Marked } from "../ui/marked.tsx";
import { Empty } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { shiftWords } from "./shift-words.ts";

const moveKey = ({ machineId, processId, movedAt }: DoneMove) => `${machineId} ${processId} ${movedAt}`;

export function DoneMoves({ moves }: { moves: readonly DoneMove[] }) {
  const { language } = usePreferences();
  if (moves.length === 0)
    return (
      <Empty title={m.done_none()}>
        <p>{m.done_none_hint()}</p>
      </Empty>
    );
  return (
    <>
      {moves.slice(0, 3).map((move) => (
        <p key={moveKey(move)}>
          <Marked text={move.text} />
        </p>
      ))}
      <DataTable
        caption={m.done_title()}
        columns={columns(language)}
        rows={moves}
        rowKey={moveKey}
        order={{ key: "moved", descending: true }}
        atFirst={20}
      />
    </>
  );
}

function columns(language: string): Column<DoneMove>[] {
  return [
    processColumn(),
    machineColumn(),
    {
      key: "moved",
      title: m.done_moved_at(),
      value: ({ movedAt }) => movedAt,
      cell: ({ movedAt }) => <Instant at={movedAt} absolute />,
    },
    {
      key: "shift",
      title: m.done_shift(),
      value: ({ shiftSeconds }) => shiftSeconds,
      cell: ({ shiftSeconds }) => shiftWords(shiftSeconds, language),
    },
    ...savingColumns("gain", m.done_gain()),
    { key: "before", title: m.done_runs_before(), numeric: true, value: ({ runsBefore }) => runsBefore },
    { key: "after", title: m.done_runs_after(), numeric: true, value: ({ runsAfter }) => runsAfter },
  ];
}
