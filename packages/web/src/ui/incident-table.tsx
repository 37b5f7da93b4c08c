import type { Incident } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { DataTable, type Column } from "./data-table.tsx";
import { useEvidenceText } from "./state-evidence.tsx";
import { Duration, Instant } from "./time.tsx";

const incidentKindNames: Record<Incident["kind"], () => string> = {
  down: m.availability_kind_down,
  unreachable: m.availability_kind_unreachable,
  silent: m.availability_kind_silent,
  critical: m.availability_kind_critical,
};

export function IncidentTable({ incidents, zone }: { incidents: readonly Incident[]; zone: string }) {
  const evidence = useEvidenceText(zone);
  return (
    <DataTable
      caption={m.availability_incidents()}
      rows={incidents}
      rowKey={({ start }) => start}
      order={{ key: "start", descending: true }}
      atFirst={10}
      columns={columns(zone, evidence)}
    />
  );
}

function columns(zone: string, evidence: ReturnType<typeof useEvidenceText>): Column<Incident>[] {
  return [
    {
      key: "start",
      title: m.availability_began(),
      value: ({ start }) => start,
      cell: ({ start }) => <Instant at={start} absolute zone={zone} />,
    },
    {
      key: "end",
      title: m.availability_ended(),
      value: ({ end }) => end ?? "",
      cell: ({ end }) => (end === null ? m.availability_still() : <Instant at={end} absolute zone={zone} />),
    },
    {
      key: "seconds",
      title: m.availability_lasted(),
      numeric: true,
      value: ({ seconds }) => seconds,
      cell: ({ planned, seconds }) =>
        planned ? m.availability_planned_incident() : <Duration seconds={seconds} />,
    },
    { key: "kind", title: m.availability_kind(), value: ({ kind }) => incidentKindNames[kind]() },
    { key: "cause", title: m.availability_cause(), value: ({ cause, text }) => text ?? evidence(cause) },
  ];
}
