import { useMemo } from "react";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { withoutRuns, type ProcessSummary } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useProcesses } from "../api/processes.ts";
import { useEvents, useExpectations } from "../api/supervision.ts";
import { day } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { DaysChoice } from "../ui/days-choice.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { processColumn } from "../ui/process-columns.tsx";
import { EventShape } from "../ui/outcome.tsx";
import { Page } from "../ui/page.tsx";
import { Answered, NoExecutions } from "../ui/states.tsx";
import { eventNames, scheduleWords } from "../ui/supervision-words.ts";
import { Duration, Instant } from "../ui/time.tsx";
import { processesSentence } from "./processes-sentence.ts";
import { supervisionOf, type Supervised } from "./supervised.ts";

const route = getRouteApi("/signed-in/processes");

export function ProcessesPage() {
  const { days = 30 } = route.useSearch();
  const { language } = usePreferences();
  const navigate = useNavigate({ from: "/processes" });
  const processes = useProcesses({ lastSeconds: days * day });
  const expectations = useExpectations();
  const events = useEvents(useMemo(() => ({ lastSeconds: days * day }), [days]));
  const supervised = useMemo(
    () => supervisionOf(expectations.data ?? [], events.data ?? []),
    [expectations.data, events.data],
  );
  const expected = useMemo(() => {
    const inForce = (expectations.data ?? []).filter((one) => one.inForce);
    const open = (events.data ?? []).filter(({ endedAt }) => endedAt === undefined);
    return withoutRuns(processes.data ?? [], [...inForce, ...open]);
  }, [processes.data, expectations.data, events.data]);
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
          items.length + expected.length === 0 ? (
            <NoExecutions />
          ) : (
            <DataTable
              caption={m.processes()}
              columns={columns(supervised, language)}
              rows={[...items, ...expected]}
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

function columns(supervised: Supervised, language: string): Column<ProcessSummary>[] {
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
    processColumn(),
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
    {
      key: "schedule",
      title: m.schedule(),
      value: (row) => scheduleOf(row, supervised, language),
      cell: (row) => <span className="whole-words">{scheduleOf(row, supervised, language)}</span>,
    },
    {
      key: "next",
      title: m.next_start(),
      value: (row) => stateOf(row, supervised)?.nextStartAt,
      cell: (row) => {
        const next = stateOf(row, supervised)?.nextStartAt;
        return next === undefined ? "–" : <Instant at={next} />;
      },
    },
    {
      key: "event",
      title: m.last_event(),
      value: (row) => {
        const event = stateOf(row, supervised)?.lastEvent;
        return event && eventNames[event.kind]();
      },
      cell: (row) => {
        const event = stateOf(row, supervised)?.lastEvent;
        if (!event) return "–";
        return (
          <>
            <EventShape kind={event.kind} open={event.endedAt === undefined} /> {eventNames[event.kind]()}
          </>
        );
      },
    },
  ];
}

/** Steps have no schedule of their own. */
function stateOf({ processId, step }: ProcessSummary, supervised: Supervised) {
  return step === undefined ? supervised.get(processId) : undefined;
}

function scheduleOf(row: ProcessSummary, supervised: Supervised, language: string): string {
  const words = stateOf(row, supervised)?.expectations.map((one) => scheduleWords(one, language)) ?? [];
  return [...new Set(words)].join("; ") || "–";
}
