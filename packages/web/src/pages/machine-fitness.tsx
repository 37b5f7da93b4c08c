/** How fast the machine is by its benchmarks, against its own past and its peers. */
import { useMemo } from "react";
import { Button, Group } from "@mantine/core";
import { isLive, type BenchmarkTrend, type Fitness, type Machine } from "@culprit/protocol";
import { formatQuantity, seriesChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { benchmarkNames, benchmarkSkips } from "@culprit/messages/benchmark-names";
import { useFitness, useRunBenchmarks } from "../api/fitness.ts";
import { useMayChange } from "../api/session.ts";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Marked } from "../ui/marked.tsx";
import { Mark } from "../ui/outcome.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Empty, Failed } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { chartCsv } from "./machine-charts.ts";

/** As often as agents run them, for what counts as a gap. */
const runsEverySeconds = 6 * 3600;

const states: Record<Fitness["state"], { look: "ok" | "slow" | "running"; name: () => string }> = {
  ok: { look: "ok", name: m.bench_state_ok },
  degraded: { look: "slow", name: m.bench_state_degraded },
  busy: { look: "running", name: m.bench_state_busy },
};

export function MachineFitness({ machine }: { machine: Machine }) {
  const fitness = useFitness(machine.id);
  const run = useRunBenchmarks(machine.id);
  const mayRun = useMayChange();
  return (
    <Section id="speed" title={m.fitness_title()}>
      <Answered query={fitness} height={120}>
        {({ state, text, benchmarks }) => (
          <>
            <p>
              <Mark look={states[state].look} text={states[state].name()} /> <Marked text={text} />
            </p>
            {benchmarks.length === 0 ? (
              <Empty title={m.fitness_none()} />
            ) : (
              <Benchmarks benchmarks={benchmarks} caption={m.fitness_title()} />
            )}
          </>
        )}
      </Answered>
      {mayRun && isLive(machine) && <RunNow run={run} note={m.fitness_run_note()} />}
      {mayRun && !isLive(machine) && <p className="quiet small">{m.fleet_bench_when_live()}</p>}
    </Section>
  );
}

type BenchmarksProps = { benchmarks: readonly BenchmarkTrend[]; caption: string };

export function Benchmarks({ benchmarks, caption }: BenchmarksProps) {
  const { language } = usePreferences();
  const named = useMemo(() => namesIn(benchmarks), [benchmarks]);
  return (
    <>
      <DataTable
        caption={caption}
        columns={columnsOf(language, named)}
        rows={benchmarks}
        rowKey={({ benchmark, instrument }) => `${benchmark} ${instrument}`}
      />
      <History benchmarks={benchmarks} named={named} />
    </>
  );
}

/** Several hubs measure the same, each on its host. */
function namesIn(benchmarks: readonly BenchmarkTrend[]): (trend: BenchmarkTrend) => string {
  return ({ benchmark, instrument }) => {
    const isOne = benchmarks.filter((other) => other.benchmark === benchmark).length === 1;
    return isOne ? benchmarkNames[benchmark]() : `${benchmarkNames[benchmark]()} (${instrument})`;
  };
}

type Named = ReturnType<typeof namesIn>;

/** Benchmarks have units of their own: against the usual they share one axis. */
function History({ benchmarks, named }: { benchmarks: readonly BenchmarkTrend[]; named: Named }) {
  const data = useMemo(() => {
    const lines = benchmarks.flatMap((trend) => {
      const { usual, history } = trend;
      return history && history.times.length > 1
        ? [
            {
              name: named(trend),
              times: history.times,
              values: history.values.map((value) => value / usual),
            },
          ]
        : [];
    });
    const times = lines.flatMap((line) => line.times);
    return {
      lines,
      from: Math.min(...times),
      to: Math.max(...times),
      stepSeconds: runsEverySeconds,
      unit: "1",
    };
  }, [benchmarks, named]);
  if (data.lines.length === 0) return null;
  return (
    <Chart
      title={m.fitness_history()}
      summary={m.fitness_history_summary()}
      data={data}
      describe={seriesChart}
      height={180}
      csv={() => chartCsv(data)}
    />
  );
}

type RunNowProps = { run: ReturnType<typeof useRunBenchmarks>; note: string };

export function RunNow({ run, note }: RunNowProps) {
  const { language } = usePreferences();
  // Mostly it is one reason for all.
  const skipped = run.data?.skipped ?? [];
  const reasons = [...new Set(skipped.map(({ why }) => why))];
  return (
    <>
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" loading={run.isPending} onClick={() => run.mutate()}>
          {m.fitness_run()}
        </Button>
        <span className="quiet small">{note}</span>
      </Group>
      {run.isError && <Failed error={run.error} />}
      <output className="block">
        {reasons.map((reason) => {
          const names = skipped
            .filter(({ why }) => why === reason)
            .map(({ benchmark }) => benchmarkNames[benchmark]());
          return (
            <p key={reason}>
              {m.fitness_skipped({
                why: benchmarkSkips[reason](),
                names: new Intl.ListFormat(language).format(names),
              })}
            </p>
          );
        })}
      </output>
    </>
  );
}

function columnsOf(language: string, named: Named): Column<BenchmarkTrend>[] {
  const amount = (value: number, unit: string) => formatQuantity(value, unit, language);
  const ratio = (value: number | undefined) =>
    value === undefined ? "–" : `${value.toLocaleString(language, { maximumFractionDigits: 2 })}×`;
  return [
    { key: "benchmark", title: m.fitness_benchmark(), value: named },
    {
      key: "latest",
      title: m.fitness_latest(),
      numeric: true,
      value: ({ latest }) => latest,
      cell: ({ latest, unit }) => amount(latest, unit),
    },
    {
      key: "usual",
      title: m.fitness_usual(),
      numeric: true,
      value: ({ usual }) => usual,
      cell: ({ usual, unit }) => amount(usual, unit),
    },
    {
      key: "ratio",
      title: m.fitness_against_usual(),
      numeric: true,
      value: (trend) => trend.ratio,
      cell: (trend) => ratio(trend.ratio),
    },
    {
      key: "peers",
      title: m.fitness_against_peers(),
      numeric: true,
      value: ({ peers }) => peers?.ratio,
      cell: ({ peers }) => ratio(peers?.ratio),
    },
    {
      key: "changed",
      title: m.fitness_changed(),
      value: ({ changedAt }) => changedAt,
      cell: ({ changedAt }) => (changedAt === null ? "–" : <Instant at={changedAt} />),
    },
    { key: "runs", title: m.fitness_runs(), numeric: true, value: ({ runs }) => runs },
    {
      key: "at",
      title: m.time(),
      value: ({ latestAt }) => latestAt,
      cell: ({ latestAt }) => <Instant at={latestAt} />,
    },
  ];
}
