/** The evidence under a run's explanation: who ran beside it, which OS processes, what the machine was like. */
import { Link } from "@tanstack/react-router";
import type { Why } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { besideRun, type Beside } from "./concurrent.ts";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { metricName } from "../ui/metric-names.ts";
import { Quantity } from "../ui/quantity.tsx";
import { Empty } from "../ui/states.tsx";
import { Duration } from "../ui/time.tsx";

type Concurrent = Why["concurrent"][number];
type OsUsage = Why["osProcesses"][number];
type Host = Why["host"][number];

export function ConcurrentTable({ concurrent }: { concurrent: readonly Concurrent[] }) {
  if (concurrent.length === 0) return <Empty title={m.nobody_beside()} />;
  const blamed = concurrent.some(({ blamedSeconds }) => blamedSeconds !== null && blamedSeconds > 0);
  return (
    <DataTable
      caption={m.ran_at_the_same_time()}
      columns={besideColumns()}
      rows={besideRun(concurrent)}
      rowKey={({ machineId, processId }) => `${machineId} ${processId}`}
      order={{ key: blamed ? "blamed" : "more", descending: true }}
      atFirst={15}
    />
  );
}

function besideColumns(): Column<Beside>[] {
  return [
    {
      key: "process",
      title: m.process(),
      value: ({ process }) => process,
      cell: ({ runs, machineId, process }) => (
        <Link
          to="/executions/$execution"
          params={{ execution: runs[0] ?? "" }}
          search={{ machine: machineId }}
        >
          {process}
        </Link>
      ),
    },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    { key: "runs", title: m.runs(), numeric: true, value: ({ runs }) => runs.length },
    duration("overlap", m.overlap(), ({ overlapSeconds }) => overlapSeconds),
    duration("usual", m.usual_overlap(), ({ usualOverlapSeconds }) => usualOverlapSeconds),
    duration("more", m.more_than_usual(), ({ overlapSeconds, usualOverlapSeconds }) =>
      usualOverlapSeconds === null ? null : overlapSeconds - usualOverlapSeconds,
    ),
    duration("cpu", m.cpu_time(), ({ cpuSeconds }) => cpuSeconds),
    quantity("io", m.read_and_written(), "By", ({ ioBytes }) => ioBytes),
    duration("blamed", m.blamed(), ({ blamedSeconds }) => blamedSeconds),
  ];
}

export function OsUsageTable({ usage }: { usage: readonly OsUsage[] }) {
  if (usage.length === 0) return <Empty title={m.no_os_processes_in_window()} />;
  return (
    <DataTable
      caption={m.os_processes_against_usual()}
      columns={osUsageColumns()}
      rows={usage}
      rowKey={({ name, user }) => `${name} ${user}`}
      order={{ key: "cpu", descending: true }}
      atFirst={12}
    />
  );
}

function osUsageColumns(): Column<OsUsage>[] {
  return [
    { key: "name", title: m.os_process(), value: ({ name }) => name },
    { key: "user", title: m.user(), value: ({ user }) => user },
    duration("cpu", m.cpu_time(), ({ cpuSeconds }) => cpuSeconds),
    duration("usualCpu", m.usual_of({ what: m.cpu_time() }), ({ usualCpuSeconds }) => usualCpuSeconds),
    duration("waited", m.run_queue_time(), ({ runQueueSeconds }) => runQueueSeconds),
    duration(
      "usualWaited",
      m.usual_of({ what: m.run_queue_time() }),
      ({ usualRunQueueSeconds }) => usualRunQueueSeconds,
    ),
    quantity("io", m.read_and_written(), "By", ({ ioBytes }) => ioBytes),
    quantity("usualIo", m.usual_of({ what: m.read_and_written() }), "By", ({ usualIoBytes }) => usualIoBytes),
    quantity("rss", m.memory(), "By", ({ rssBytes }) => rssBytes),
    quantity("usualRss", m.usual_of({ what: m.memory() }), "By", ({ usualRssBytes }) => usualRssBytes),
  ];
}

export function HostTable({ host }: { host: readonly Host[] }) {
  if (host.length === 0) return <Empty title={m.no_host_values()} />;
  return (
    <DataTable
      caption={m.host_against_usual()}
      columns={hostColumns()}
      rows={host}
      rowKey={({ metric, attributes }) => metricName(metric, attributes)}
      atFirst={12}
    />
  );
}

function hostColumns(): Column<Host>[] {
  return [
    { key: "metric", title: m.measured(), value: ({ metric, attributes }) => metricName(metric, attributes) },
    {
      key: "value",
      title: m.during_this_run(),
      numeric: true,
      value: ({ value }) => value,
      cell: ({ value, unit }) => <Quantity value={value} unit={unit} />,
    },
    {
      key: "usual",
      title: m.usually(),
      numeric: true,
      value: ({ usual }) => usual,
      cell: ({ usual, unit }) => <Quantity value={usual} unit={unit} />,
    },
    {
      key: "difference",
      title: m.difference(),
      numeric: true,
      value: ({ value, usual }) => (usual === null ? null : value - usual),
      cell: ({ value, usual, unit }) => (
        <Quantity value={usual === null ? null : value - usual} unit={unit === "1" ? "pp" : unit} signed />
      ),
    },
  ];
}

function duration<Row>(key: string, title: string, value: (row: Row) => number | null): Column<Row> {
  return { key, title, numeric: true, value, cell: (row) => <Duration seconds={value(row)} /> };
}

function quantity<Row>(
  key: string,
  title: string,
  unit: string,
  value: (row: Row) => number | null,
): Column<Row> {
  return { key, title, numeric: true, value, cell: (row) => <Quantity value={value(row)} unit={unit} /> };
}
