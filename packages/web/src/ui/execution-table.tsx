import { Link } from "@tanstack/react-router";
import type { Execution } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { DoubtfulTime } from "./care.tsx";
import { useZone } from "../preferences.tsx";
import { DataTable, type Column } from "./data-table.tsx";
import { Outcome, outcomeNames } from "./outcome.tsx";
import { Quantity } from "./quantity.tsx";
import { Duration, Instant } from "./time.tsx";

/** Runs with what they used, the newest first. */
export function ExecutionTable({
  executions,
  caption,
}: {
  executions: readonly Execution[];
  caption: string;
}) {
  const zone = useZone();
  return (
    <DataTable
      caption={caption}
      columns={columns(zone)}
      rows={executions}
      rowKey={({ machineId, id }) => `${machineId} ${id}`}
      order={{ key: "started", descending: true }}
      atFirst={20}
    />
  );
}

function columns(zone: string): Column<Execution>[] {
  return [
    {
      key: "started",
      title: m.started(),
      zone,
      value: ({ startedAt }) => startedAt,
      cell: ({ id, machineId, startedAt, flags }) => (
        <>
          <Link to="/executions/$execution" params={{ execution: id }} search={{ machine: machineId }}>
            <Instant at={startedAt} absolute />
          </Link>{" "}
          <DoubtfulTime flags={flags} />
        </>
      ),
    },
    { key: "step", title: m.step(), value: ({ step }) => step ?? "" },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    {
      key: "duration",
      title: m.duration(),
      numeric: true,
      value: ({ durationSeconds }) => durationSeconds,
      cell: ({ durationSeconds }) => <Duration seconds={durationSeconds} />,
    },
    {
      key: "outcome",
      title: m.outcome(),
      value: ({ outcome }) => outcomeNames[outcome](),
      cell: ({ outcome }) => <Outcome outcome={outcome} />,
    },
    {
      key: "cpu",
      title: m.cpu_time(),
      numeric: true,
      value: ({ cpuSeconds }) => cpuSeconds,
      cell: ({ cpuSeconds }) => <Duration seconds={cpuSeconds} />,
    },
    {
      key: "memory",
      title: m.peak_memory(),
      numeric: true,
      value: ({ maxRssBytes }) => maxRssBytes,
      cell: ({ maxRssBytes }) => <Quantity value={maxRssBytes} unit="By" />,
    },
  ];
}
