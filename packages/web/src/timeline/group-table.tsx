/** What a far view draws, as a table: each lane with its runs in view, counted. */
import { Link } from "@tanstack/react-router";
import { m } from "@culprit/messages";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Duration } from "../ui/time.tsx";
import type { Run } from "./run.ts";

type Row = {
  key: string;
  machine: string;
  process: string;
  processId: string;
  step: string | undefined;
  runs: number;
  failed: number;
  busySeconds: number;
};

export function GroupTable({ groups, caption }: { groups: readonly Run[]; caption: string }) {
  return (
    <DataTable
      caption={caption}
      columns={columns()}
      rows={sumsOf(groups)}
      rowKey={({ key }) => key}
      order={{ key: "runs", descending: true }}
    />
  );
}

export function sumsOf(groups: readonly Run[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { machine, machineId, process, processId, step, group } of groups) {
    if (!group) continue;
    const key = `${machineId} ${processId} ${step ?? ""}`;
    const row = rows.get(key) ?? {
      key,
      machine,
      process,
      processId,
      step,
      runs: 0,
      failed: 0,
      busySeconds: 0,
    };
    row.runs += group.runs;
    row.failed += group.failed;
    row.busySeconds += group.busySeconds;
    rows.set(key, row);
  }
  return [...rows.values()];
}

function columns(): Column<Row>[] {
  return [
    {
      key: "process",
      title: m.process(),
      value: ({ process, step }) => (step === undefined ? process : `${process} › ${step}`),
      cell: ({ process, processId, step }) => (
        <Link to="/processes/$process" params={{ process: processId }}>
          {step === undefined ? process : `${process} › ${step}`}
        </Link>
      ),
    },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    { key: "runs", title: m.timeline_runs(), numeric: true, value: ({ runs }) => runs },
    { key: "failed", title: m.timeline_failed(), numeric: true, value: ({ failed }) => failed },
    {
      key: "mean",
      title: m.timeline_mean(),
      numeric: true,
      value: ({ busySeconds, runs }) => busySeconds / runs,
      cell: ({ busySeconds, runs }) => <Duration seconds={busySeconds / runs} />,
    },
  ];
}
