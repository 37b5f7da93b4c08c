import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { ProcessSummary } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useProcesses } from "../api/processes.ts";
import { day } from "../api/window.ts";
import { DaysChoice } from "../ui/days-choice.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Page } from "../ui/page.tsx";
import { Answered, NoExecutions } from "../ui/states.tsx";
import { Duration, Instant } from "../ui/time.tsx";
import { processesSentence } from "./processes-sentence.ts";

const route = getRouteApi("/signed-in/processes");

export function ProcessesPage() {
  const { days = 30 } = route.useSearch();
  const navigate = useNavigate({ from: "/processes" });
  const processes = useProcesses({ lastSeconds: days * day });
  return (
    <Page
      title={m.processes()}
      name={m.processes()}
      sentence={processes.data ? processesSentence(processes.data) : processes.isError ? "" : undefined}
      actions={
        <DaysChoice days={days} onChange={(days) => void navigate({ search: { days }, replace: true })} />
      }
    >
      <Answered query={processes} height={300}>
        {(items) =>
          items.length === 0 ? (
            <NoExecutions />
          ) : (
            <DataTable
              caption={m.processes()}
              columns={columns()}
              rows={items}
              rowKey={({ processId, step }) => `${processId} ${step ?? ""}`}
              order={{ key: "deviations", descending: true }}
              atFirst={100}
            />
          )
        }
      </Answered>
    </Page>
  );
}

function columns(): Column<ProcessSummary>[] {
  const seconds = (
    key: string,
    title: string,
    read: (summary: ProcessSummary) => number | null,
  ): Column<ProcessSummary> => ({
    key,
    title,
    numeric: true,
    value: read,
    cell: (summary) => <Duration seconds={read(summary)} />,
  });
  const count = (
    key: string,
    title: string,
    read: (summary: ProcessSummary) => number,
  ): Column<ProcessSummary> => ({
    key,
    title,
    numeric: true,
    value: read,
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
    {
      key: "machines",
      title: m.machines(),
      value: ({ machines }) => machines.map(({ machine }) => machine).join(", "),
      cell: ({ machines }) =>
        machines.length > 2
          ? m.machines_count({ count: machines.length })
          : machines.map(({ machine }) => machine).join(", "),
    },
    count("runs", m.runs(), ({ statistics }) => statistics.count),
    count("deviations", m.unusual_runs(), ({ statistics }) => statistics.deviations),
    count("failures", m.failures(), ({ statistics }) => statistics.failures),
    seconds("median", m.median(), ({ statistics }) => statistics.medianSeconds),
    seconds("p95", m.p95(), ({ statistics }) => statistics.p95Seconds),
    seconds("max", m.longest(), ({ statistics }) => statistics.maxSeconds),
    seconds("total", m.total_time(), ({ statistics }) => statistics.totalSeconds),
    {
      key: "last",
      title: m.last_started(),
      value: ({ lastStartedAt }) => lastStartedAt,
      cell: ({ lastStartedAt }) => (lastStartedAt === undefined ? "–" : <Instant at={lastStartedAt} />),
    },
  ];
}
