/** The timeline's runs as a table: the same thing for a keyboard, a screen reader, or an export. */
import { Link } from "@tanstack/react-router";
import { m } from "@culprit/messages";
import { DoubtfulTime } from "../ui/care.tsx";
import { useZone } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Outcome, SlowMark, outcomeNames } from "../ui/outcome.tsx";
import { Duration, Instant } from "../ui/time.tsx";
import { lasted } from "./run-card.tsx";
import type { Run } from "./run.ts";

export function RunTable({ runs, caption }: { runs: readonly Run[]; caption: string }) {
  const zone = useZone();
  return (
    <DataTable
      caption={caption}
      columns={columns(zone)}
      rows={runs}
      rowKey={({ key }) => key}
      order={{ key: "start", descending: true }}
    />
  );
}

function columns(zone: string): Column<Run>[] {
  return [
    {
      key: "process",
      title: m.process(),
      value: ({ process, step }) => (step === undefined ? process : `${process} › ${step}`),
      cell: ({ id, machineId, process, step }) => (
        <Link to="/executions/$execution" params={{ execution: id }} search={{ machine: machineId }}>
          {step === undefined ? process : `${process} › ${step}`}
        </Link>
      ),
    },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    {
      key: "start",
      title: m.started(),
      zone,
      value: ({ start }) => new Date(start).toISOString(),
      cell: ({ start, flags }) => (
        <>
          <Instant at={start} absolute /> <DoubtfulTime flags={flags} />
        </>
      ),
    },
    {
      key: "duration",
      title: m.duration(),
      numeric: true,
      value: lasted,
      cell: (run) => <Duration seconds={lasted(run)} />,
    },
    {
      key: "outcome",
      title: m.outcome(),
      value: ({ outcome }) => outcomeNames[outcome](),
      cell: ({ outcome }) => <Outcome outcome={outcome} />,
    },
    {
      key: "beyond",
      title: m.beyond_normal_title(),
      numeric: true,
      value: ({ end, normalEnd }) => (normalEnd === undefined ? null : (end - normalEnd) / 1000),
      cell: ({ end, normalEnd, deviation }) =>
        deviation ? (
          <>
            <SlowMark direction={deviation} />{" "}
            {normalEnd !== undefined && <Duration seconds={(end - normalEnd) / 1000} />}
          </>
        ) : (
          ""
        ),
    },
  ];
}
