import { useMemo } from "react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button } from "@mantine/core";
import type { Execution, ProcessDetail, ProcessSummary } from "@culprit/protocol";
import { distributionChart, durationsChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import { useProcess } from "../api/processes.ts";
import { day } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { DaysChoice } from "../ui/days-choice.tsx";
import { ExecutionTable } from "../ui/execution-table.tsx";
import { Facts } from "../ui/facts.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty, Failed } from "../ui/states.tsx";
import { Duration } from "../ui/time.tsx";
import { firstView } from "../timeline/first-view.ts";
import { kindNames } from "../ui/kind.ts";
import { clickedRun, runDots, runNames } from "./durations.ts";
import { processSentence } from "./process-sentence.ts";

const route = getRouteApi("/signed-in/processes/$process");
const mostRuns = 2000;

export function ProcessPage() {
  const { process: id } = route.useParams();
  const { days = 30, machine } = route.useSearch();
  const { language } = usePreferences();
  const navigate = useNavigate({ from: "/processes/$process" });
  const window = useMemo(() => ({ lastSeconds: days * day }), [days]);
  const filter = { process: id, ...(machine === undefined ? {} : { machine }) };
  const process = useProcess(id, window);
  const executions = useExecutions(window, filter, mostRuns);
  const name = process.data?.summary.process ?? "";
  if (process.isError && !process.data)
    return (
      <Page title={m.process()} name={m.process()} sentence="">
        <Failed error={process.error} retry={() => void process.refetch()} />
      </Page>
    );
  return (
    <Page
      title={
        <>
          <Link to="/processes">{m.processes()}</Link> › {name}
        </>
      }
      name={name || m.process()}
      sentence={process.data && processSentence(process.data, language)}
      actions={
        <DaysChoice
          days={days}
          onChange={(days) => void navigate({ search: (before) => ({ ...before, days }), replace: true })}
        />
      }
    >
      {machine !== undefined && (
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            void navigate({ search: (before) => ({ ...before, machine: undefined }), replace: true })
          }
        >
          {m.only_machine({ machine: machineName(process.data, machine) })} ×
        </Button>
      )}
      <Answered query={executions} height={260}>
        {({ items, span, complete }) => (
          <Runs
            runs={items.filter(({ step }) => step === undefined)}
            span={span}
            complete={complete}
            detail={process.data}
            filter={filter}
            days={days}
          />
        )}
      </Answered>
      <Answered query={process} height={260}>
        {(detail) => <Statistics detail={detail} />}
      </Answered>
      {executions.data && executions.data.items.length > 0 && (
        <Section title={m.runs()}>
          <ExecutionTable executions={executions.data.items} caption={m.runs()} />
        </Section>
      )}
    </Page>
  );
}

type RunsProps = {
  runs: readonly Execution[];
  span: { from: number; to: number };
  complete: boolean;
  detail: ProcessDetail | undefined;
  filter: { process: string; machine?: string };
  days: number;
};

function Runs({ runs, span, complete, detail, filter, days }: RunsProps) {
  const navigate = useNavigate();
  const deviations = useDeviations(
    useMemo(() => ({ lastSeconds: days * day }), [days]),
    filter,
  );
  const data = useMemo(() => {
    const dots = runDots(runs, deviations.data ?? []);
    const normal = normalOf(detail, filter.machine);
    const first = dots[0]?.at;
    return {
      ...firstView(first, span.to, span.to - span.from),
      runs: dots,
      ...(normal ? { normal } : {}),
      names: runNames(),
    };
  }, [runs, deviations.data, detail, filter.machine, span]);
  if (runs.length === 0) return <Empty title={m.no_runs_in_window()} />;
  return (
    <Section>
      <Chart
        heading
        title={m.durations_over_time()}
        summary={m.chart_durations_summary({ count: runs.length })}
        data={data}
        describe={durationsChart}
        height={260}
        csv={() => ({
          header: [m.started(), m.duration_seconds(), m.outcome(), m.machine()],
          rows: data.runs.map(({ at, seconds, outcome, machine }) => [
            new Date(at).toISOString(),
            seconds,
            outcome,
            machine,
          ]),
        })}
        onItem={(item) => {
          const run = clickedRun(item, data.runs);
          const execution = run && runs.find(({ id, machine }) => id === run.id && machine === run.machine);
          if (execution)
            void navigate({
              to: "/executions/$execution",
              params: { execution: execution.id },
              search: { machine: execution.machineId },
            });
        }}
      />
      {!complete && <p className="quiet">{m.newest_runs_only({ count: mostRuns })}</p>}
    </Section>
  );
}

function Statistics({ detail }: { detail: ProcessDetail }) {
  const { summary, distribution, perMachine, steps } = detail;
  const all = summary.statistics;
  const data = useMemo(() => ({ bins: distribution, countName: m.runs() }), [distribution]);
  return (
    <>
      <Section title={m.statistics()}>
        <Facts
          facts={[
            [m.runs(), all.count],
            [m.failures(), all.failures],
            [m.unusual_runs(), all.deviations],
            [m.median(), <Duration key="" seconds={all.medianSeconds} />],
            [m.mean(), <Duration key="" seconds={all.meanSeconds} />],
            [m.standard_deviation(), <Duration key="" seconds={all.standardDeviationSeconds} />],
            [m.mad(), <Duration key="" seconds={all.madSeconds} />],
            [m.p95(), <Duration key="" seconds={all.p95Seconds} />],
            [m.p99(), <Duration key="" seconds={all.p99Seconds} />],
            [m.shortest(), <Duration key="" seconds={all.minSeconds} />],
            [m.longest(), <Duration key="" seconds={all.maxSeconds} />],
            [m.total_time(), <Duration key="" seconds={all.totalSeconds} />],
          ]}
        />
      </Section>
      {distribution.length > 0 && (
        <Section>
          <Chart
            heading
            title={m.distribution_of_durations()}
            summary={m.chart_distribution_summary({ count: all.count })}
            data={data}
            describe={distributionChart}
            timed={false}
            height={170}
            csv={() => ({
              header: [m.from_seconds(), m.to_seconds(), m.runs()],
              rows: distribution.map(({ fromSeconds, toSeconds, count }) => [fromSeconds, toSeconds, count]),
            })}
          />
        </Section>
      )}
      {perMachine.length > 0 && (
        <Section title={m.by_machine()}>
          <DataTable
            caption={m.by_machine()}
            columns={machineColumns(summary.processId)}
            rows={perMachine}
            rowKey={({ machineId, kind }) => `${machineId} ${kind}`}
            order={{ key: "median", descending: true }}
          />
        </Section>
      )}
      {steps.length > 0 && (
        <Section title={m.steps()}>
          <DataTable
            caption={m.steps()}
            columns={stepColumns()}
            rows={steps}
            rowKey={({ step }) => step ?? ""}
            order={{ key: "total", descending: true }}
          />
        </Section>
      )}
    </>
  );
}

type PerMachine = ProcessDetail["perMachine"][number];

function statisticsColumns<Row extends { statistics: ProcessSummary["statistics"] }>(): Column<Row>[] {
  const seconds = (
    key: string,
    title: string,
    read: (statistics: Row["statistics"]) => number | null,
  ): Column<Row> => ({
    key,
    title,
    numeric: true,
    value: ({ statistics }) => read(statistics),
    cell: ({ statistics }) => <Duration seconds={read(statistics)} />,
  });
  return [
    { key: "runs", title: m.runs(), numeric: true, value: ({ statistics }) => statistics.count },
    {
      key: "deviations",
      title: m.unusual_runs(),
      numeric: true,
      value: ({ statistics }) => statistics.deviations,
    },
    { key: "failures", title: m.failures(), numeric: true, value: ({ statistics }) => statistics.failures },
    seconds("median", m.median(), (statistics) => statistics.medianSeconds),
    seconds("p95", m.p95(), (statistics) => statistics.p95Seconds),
    seconds("max", m.longest(), (statistics) => statistics.maxSeconds),
    seconds("total", m.total_time(), (statistics) => statistics.totalSeconds),
  ];
}

function machineColumns(processId: string): Column<PerMachine>[] {
  return [
    {
      key: "machine",
      title: m.machine(),
      value: ({ machine }) => machine,
      cell: ({ machine, machineId }) => (
        <Link
          to="/processes/$process"
          params={{ process: processId }}
          search={(before) => ({ ...before, machine: machineId })}
        >
          {machine}
        </Link>
      ),
    },
    { key: "kind", title: m.kind(), value: ({ kind }) => kindNames[kind]() },
    ...statisticsColumns<PerMachine>(),
  ];
}

function stepColumns(): Column<ProcessSummary>[] {
  return [
    { key: "step", title: m.step(), value: ({ step }) => step },
    ...statisticsColumns<ProcessSummary>(),
  ];
}

/** Normal differs by machine: the band is drawn only where one is meant. */
function normalOf(detail: ProcessDetail | undefined, machine: string | undefined) {
  const chosen = detail?.perMachine.filter(
    (one) => machine === undefined || one.machineId === machine || one.machine === machine,
  );
  const [only] = chosen ?? [];
  if (!only || chosen?.length !== 1) return undefined;
  const { medianSeconds, madSeconds } = only.statistics;
  return medianSeconds === null || madSeconds === null ? undefined : { medianSeconds, madSeconds };
}

function machineName(detail: ProcessDetail | undefined, machine: string): string {
  return detail?.perMachine.find(({ machineId }) => machineId === machine)?.machine ?? machine;
}
