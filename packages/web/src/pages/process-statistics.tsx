/** The figures of a process: as a whole, their distribution, changes, and by machine and step. */
import { Link } from "@tanstack/react-router";
import type { DurationTrend, ProcessDetail, ProcessSummary } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Facts } from "../ui/facts.tsx";
import { kindNames } from "../ui/kind.ts";
import { Section } from "../ui/page.tsx";
import { Duration } from "../ui/time.tsx";
import { changeColumns, signedPercent } from "./process-changes.tsx";
import { ProcessDistribution } from "./process-distribution.tsx";

export function ProcessStatistics({ detail }: { detail: ProcessDetail }) {
  const { language } = usePreferences();
  const { summary, perMachine, requests, steps } = detail;
  const all = summary.statistics;
  const changes = perMachine.flatMap(({ machine, changes }) =>
    changes.map((change) => ({ machine, ...change })),
  );
  return (
    <>
      <Section title={m.statistics()}>
        <Facts
          facts={[
            [m.runs(), all.count.toLocaleString(language)],
            [m.failures(), all.failures.toLocaleString(language)],
            [m.unusual_runs(), all.deviations.toLocaleString(language)],
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
      {requests && (
        <Section title={m.web_all_requests()}>
          <Facts
            facts={[
              [m.web_requests_counted(), requests.count.toLocaleString(language)],
              [m.web_requests_recorded(), requests.recorded.toLocaleString(language)],
              [m.failures(), requests.failures.toLocaleString(language)],
              [m.median(), <Duration key="" seconds={requests.medianSeconds} />],
              [m.mean(), <Duration key="" seconds={requests.meanSeconds} />],
              [m.p95(), <Duration key="" seconds={requests.p95Seconds} />],
              [m.machines(), requests.machines.join(", ")],
            ]}
          />
        </Section>
      )}
      <ProcessDistribution detail={detail} />
      {changes.length > 0 && (
        <Section title={m.statistics_changes()}>
          <DataTable
            caption={m.statistics_changes()}
            columns={changeColumns()}
            rows={changes}
            rowKey={({ machine, at }) => `${machine} ${at}`}
            order={{ key: "since", descending: true }}
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
    {
      key: "trend",
      title: m.statistics_trend(),
      numeric: true,
      value: ({ trend }) => trend?.weeklyPercent ?? null,
      cell: ({ trend }) => (trend ? <Weekly trend={trend} /> : null),
    },
    {
      key: "overlapping",
      title: m.statistics_overlapping(),
      numeric: true,
      value: ({ selfOverlap }) => selfOverlap.runs,
    },
    {
      key: "at-once",
      title: m.statistics_at_once(),
      numeric: true,
      value: ({ selfOverlap }) => selfOverlap.mostAtOnce,
    },
  ];
}

function stepColumns(): Column<ProcessSummary>[] {
  return [
    { key: "step", title: m.step(), value: ({ step }) => step },
    ...statisticsColumns<ProcessSummary>(),
  ];
}

function Weekly({ trend: { weeklyPercent, lowPercent, highPercent } }: { trend: DurationTrend }) {
  const { language } = usePreferences();
  return m.statistics_weekly({
    share: signedPercent(weeklyPercent, language),
    low: signedPercent(lowPercent, language),
    high: signedPercent(highPercent, language),
  });
}
