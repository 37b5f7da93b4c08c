/** Ranked: what was most unlike itself. */
import { useMemo } from "react";
import { Link } from "@tanstack/react-router";
import type { Differences } from "@culprit/protocol";
import { formatNumber } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useSeries } from "../api/series.ts";
import { instantText } from "../api/millis.ts";
import type { Span } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { machineColumn, processColumn } from "../ui/process-columns.tsx";
import { metricName } from "../ui/metric-names.ts";
import { Quantity } from "../ui/quantity.tsx";
import { SmallShare } from "../ui/small-share.tsx";
import { Sparkline } from "../ui/sparkline.tsx";
import { stepFor } from "./machine-charts.ts";

type Process = Differences["processes"][number];
type Series = Differences["series"][number];

const whatNames: Record<Process["what"], () => string> = {
  busy: m.different_busy,
  duration: m.different_duration,
  runs: m.different_runs,
  failures: m.different_failures,
};

export function DifferentProcesses({ processes }: { processes: readonly Process[] }) {
  return (
    <DataTable
      caption={m.different_processes()}
      columns={processColumns()}
      rows={processes}
      rowKey={({ processId, machineId, what }) => `${machineId} ${processId} ${what}`}
      atFirst={15}
    />
  );
}

function processColumns(): Column<Process>[] {
  return [
    processColumn(),
    machineColumn(),
    { key: "what", title: m.different_what(), value: ({ what }) => whatNames[what]() },
    ...comparison<Process>(({ what }, value) => <OfProcess what={what} value={value} />),
  ];
}

function OfProcess({ what, value }: { what: Process["what"]; value: number }) {
  const { language } = usePreferences();
  if (what === "busy") return <Quantity value={value} unit="s" />;
  const amount = formatNumber(value, language);
  return <span className="figure">{what === "duration" ? m.different_times({ amount }) : amount}</span>;
}

export function DifferentSeriesTable({ series, span }: { series: readonly Series[]; span: Span }) {
  const lines = useAround(series, span);
  return (
    <DataTable
      caption={m.different_series()}
      columns={seriesColumns(span, lines)}
      rows={series}
      rowKey={seriesKey}
      atFirst={15}
    />
  );
}

function seriesColumns(span: Span, lines: ReadonlyMap<string, (number | null)[]>): Column<Series>[] {
  return [
    {
      key: "metric",
      title: m.measured(),
      value: ({ metric, attributes }) => metricName(metric, attributes),
    },
    {
      key: "machine",
      title: m.machine(),
      value: ({ machine }) => machine,
      cell: ({ machine, machineId }) => (
        <Link
          to="/machines/$machine"
          params={{ machine: machineId }}
          search={{ from: instantText(span.from), to: instantText(span.to) }}
        >
          {machine}
        </Link>
      ),
    },
    ...comparison<Series>(({ unit }, value) => <Quantity value={value} unit={unit} />),
    {
      key: "around",
      title: m.different_around(),
      value: () => null,
      cell: (row) => <Around values={lines.get(seriesKey(row))} />,
    },
  ];
}

const seriesKey = ({ machineId, metric, attributes }: Pick<Series, "machineId" | "metric" | "attributes">) =>
  `${machineId} ${metric} ${JSON.stringify(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;

/** Series whose course is drawn beside them: the question stays small. */
const mostDrawn = 15;

/** The values of the first series from one length of the span before it to one after it. */
function useAround(series: readonly Series[], span: Span): ReadonlyMap<string, (number | null)[]> {
  const asked = useMemo(() => {
    const drawn = series.slice(0, mostDrawn);
    const length = span.to - span.from;
    const unique = (values: string[]) => [...new Set(values)];
    return {
      machines: unique(drawn.map(({ machineId }) => machineId)),
      metrics: unique(drawn.map(({ metric }) => metric)),
      window: { from: span.from - length, to: span.to + length },
      stepSeconds: Math.max(10, stepFor(3 * length * 4)),
    };
  }, [series, span]);
  const { data } = useSeries({ ...asked, still: true });
  return useMemo(() => new Map((data?.series ?? []).map((one) => [seriesKey(one), one.values])), [data]);
}

function Around({ values }: { values: (number | null)[] | undefined }) {
  if (!values) return null;
  return <Sparkline values={values} max={Math.max(...values.map((value) => value ?? 0))} />;
}

type Compared = Pick<Process, "value" | "usual" | "score" | "q">;

/** What every ranked row has: what it was, what it is usually, how far that is apart, how sure. */
function comparison<Row extends Compared>(
  shown: (row: Row, value: number) => React.ReactNode,
): Column<Row>[] {
  return [
    {
      key: "value",
      title: m.different_value(),
      numeric: true,
      value: ({ value }) => value,
      cell: (row) => shown(row, row.value),
    },
    {
      key: "usual",
      title: m.different_usual(),
      numeric: true,
      value: ({ usual }) => usual,
      cell: (row) => shown(row, row.usual),
    },
    {
      key: "score",
      title: m.different_score(),
      numeric: true,
      value: ({ score }) => score,
      cell: ({ score }) => <Score score={score} />,
    },
    {
      key: "q",
      title: m.culprits_q(),
      numeric: true,
      value: ({ q }) => q,
      cell: ({ q }) => <SmallShare share={q} />,
    },
  ];
}

function Score({ score }: { score: number }) {
  const { language } = usePreferences();
  return (
    <span className="figure">
      {score > 0 ? "+" : score < 0 ? "−" : ""}
      {formatNumber(Math.abs(Number(score.toPrecision(2))), language)}
    </span>
  );
}
