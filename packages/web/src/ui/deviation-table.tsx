import { Link } from "@tanstack/react-router";
import type { DeviatingExecution } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { DataTable, type Column } from "./data-table.tsx";
import { Outcome, SlowMark, outcomeNames } from "./outcome.tsx";
import { verdictWords } from "./verdict-words.ts";
import { Duration, Instant } from "./time.tsx";

/** Runs far from their normal, the costliest first. */
export function DeviationTable({
  deviations,
  atFirst = 20,
}: {
  deviations: readonly DeviatingExecution[];
  atFirst?: number;
}) {
  const judged = deviations.some(({ verdict }) => verdict !== undefined);
  return (
    <DataTable
      caption={m.all_unusual_runs()}
      columns={columns().filter(({ key }) => judged || key !== "verdict")}
      rows={deviations}
      rowKey={({ execution }) => `${execution.machineId} ${execution.id}`}
      order={{ key: "excess", descending: true }}
      atFirst={atFirst}
    />
  );
}

function columns(): Column<DeviatingExecution>[] {
  return [
    {
      key: "process",
      title: m.process(),
      value: ({ execution: { process, step } }) => (step === undefined ? process : `${process} › ${step}`),
      cell: ({ execution: { id, machineId, process, step } }) => (
        <Link to="/executions/$execution" params={{ execution: id }} search={{ machine: machineId }}>
          {step === undefined ? process : `${process} › ${step}`}
        </Link>
      ),
    },
    { key: "machine", title: m.machine(), value: ({ execution }) => execution.machine },
    {
      key: "excess",
      title: m.difference(),
      numeric: true,
      value: ({ excessSeconds }) => excessSeconds,
      cell: ({ excessSeconds }) => (
        <strong>
          {excessSeconds > 0 && "+"}
          <Duration seconds={excessSeconds} />
        </strong>
      ),
    },
    {
      key: "duration",
      title: m.duration(),
      numeric: true,
      value: ({ execution }) => execution.durationSeconds,
      cell: ({ execution }) => <Duration seconds={execution.durationSeconds} />,
    },
    {
      key: "normal",
      title: m.normal(),
      numeric: true,
      value: ({ normal }) => normal.medianSeconds,
      cell: ({ normal }) => <Duration seconds={normal.medianSeconds} />,
    },
    {
      key: "direction",
      title: m.compared_to_normal(),
      value: ({ deviation }) => deviation.direction,
      cell: ({ deviation }) => <SlowMark direction={deviation.direction} />,
    },
    { key: "verdict", title: m.verdict(), value: verdictWords },
    {
      key: "started",
      title: m.started(),
      value: ({ execution }) => execution.startedAt,
      cell: ({ execution }) => <Instant at={execution.startedAt} />,
    },
    {
      key: "outcome",
      title: m.outcome(),
      value: ({ execution }) => outcomeNames[execution.outcome](),
      cell: ({ execution }) => <Outcome outcome={execution.outcome} />,
    },
  ];
}
