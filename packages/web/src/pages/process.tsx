import { useMemo } from "react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button } from "@mantine/core";
import type { Execution, ProcessDetail } from "@culprit/protocol";
import { durationsChart, formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import { useMachines } from "../api/machines.ts";
import { useProcess } from "../api/processes.ts";
import { millis } from "../api/millis.ts";
import { day } from "../api/window.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { DaysChoice } from "../ui/days-choice.tsx";
import { ExecutionTable } from "../ui/execution-table.tsx";
import { Marked } from "../ui/marked.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty, Failed } from "../ui/states.tsx";
import { firstView } from "../timeline/first-view.ts";
import { clickedRun, runDots, runNames } from "./durations.ts";
import { ProcessCulprits } from "./process-culprits.tsx";
import { ProcessSchedule } from "./process-schedule.tsx";
import { ProcessStatistics } from "./process-statistics.tsx";
import { ProcessWeek } from "./process-week.tsx";

const route = getRouteApi("/signed-in/processes/$process");
const mostRuns = 2000;

export function ProcessPage() {
  const { process: id } = route.useParams();
  const { days = 30, machine } = route.useSearch();
  const machines = useMachines();
  const zone = useZone(machines.data?.find(({ id }) => id === machine)?.timeZone);
  const navigate = useNavigate({ from: "/processes/$process" });
  const window = useMemo(() => ({ lastSeconds: days * day }), [days]);
  const filter = { process: id, ...(machine === undefined ? {} : { machine }) };
  const process = useProcess(id, window, { machine, zone });
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
      sentence={process.data && <Marked text={process.data.text} />}
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
      {process.data && <ProcessCulprits process={process.data.summary.processId} machine={machine} />}
      <Answered query={process} height={260}>
        {(detail) => (
          <>
            <ProcessStatistics detail={detail} />
            <ProcessWeek hours={detail.hours} />
          </>
        )}
      </Answered>
      {process.data && (
        <ProcessSchedule
          process={process.data.summary.processId}
          machines={process.data.summary.machines}
          machine={machine}
          days={days}
        />
      )}
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
  const { language } = usePreferences();
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
      changes: changesOf(detail, language),
      names: runNames(),
    };
  }, [runs, deviations.data, detail, filter.machine, span, language]);
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

/** Of one machine all changes, of several the one that matters most. */
function changesOf(detail: ProcessDetail | undefined, locale: string) {
  const [only, ...others] = detail?.perMachine ?? [];
  const changes = only && others.length === 0 ? only.changes : detail?.change ? [detail.change] : [];
  return changes.map(({ at, changePercent }) => ({
    at: millis(at),
    label: `${changePercent > 0 ? "+" : "−"}${formatShare(Math.abs(changePercent) / 100, locale)}`,
  }));
}

/** Normal differs by machine: the band is drawn only where one is meant. */
function normalOf(detail: ProcessDetail | undefined, machine: string | undefined) {
  const chosen = detail?.perMachine.filter(
    (one) => machine === undefined || one.machineId === machine || one.machine === machine,
  );
  const [only] = chosen ?? [];
  if (!only || chosen?.length !== 1) return undefined;
  const { medianSeconds, madSeconds } = only.statistics;
  // The spread of two levels is that of neither.
  const last = only.changes.at(-1);
  if (last) return { medianSeconds: last.medianAfterSeconds, madSeconds: 0, since: millis(last.at) };
  return medianSeconds === null || madSeconds === null ? undefined : { medianSeconds, madSeconds };
}

function machineName(detail: ProcessDetail | undefined, machine: string): string {
  return detail?.perMachine.find(({ machineId }) => machineId === machine)?.machine ?? machine;
}
