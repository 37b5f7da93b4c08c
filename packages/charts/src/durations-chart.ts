/** Runs of one process as dots: when, how long, how they ended; the band of what is normal behind them. */
import type { EChartsOption, ScatterSeriesOption } from "echarts";
import { executionOutcomes, type ExecutionOutcome } from "@culprit/protocol";
import { baseOption, durationAxis, escapeHtml, plotMargin, timeAxis, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatDuration } from "./quantity.ts";
import { formatTime } from "./time-axis.ts";

export type RunDot = {
  id: string;
  /** Start, milliseconds since 1970. */
  at: number;
  seconds: number;
  outcome: ExecutionOutcome;
  deviates: boolean;
  machine: string;
};

export type DurationsChart = {
  from: number;
  to: number;
  runs: readonly RunDot[];
  /** `since`: only from then on, milliseconds since 1970. */
  normal?: { medianSeconds: number; madSeconds: number; since?: number };
  /** Changes for good: when, and a word on it. */
  changes?: readonly { at: number; label: string }[];
  /** The id of the run that the page is about. */
  highlight?: string;
  /** The words of the legend. */
  names: { outcomes: Record<ExecutionOutcome, string>; deviates: string; highlight: string; median: string };
};

/** A median absolute deviation times this is a standard deviation, if durations are normally distributed. */
const robustDeviation = 1.4826;

/** Colour and shape, one pair per outcome. */
export const outcomeSymbols: Record<ExecutionOutcome, string> = {
  ok: "circle",
  running: "arrow",
  failed: "path://M-4,-2.6L-2.6,-4L0,-1.4L2.6,-4L4,-2.6L1.4,0L4,2.6L2.6,4L0,1.4L-2.6,4L-4,2.6L-1.4,0Z",
  timeout: "rect",
  lost: "emptyDiamond",
};

export function durationsChart(data: DurationsChart, context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  const lowest = Math.min(...data.runs.map(({ seconds }) => seconds));
  const highest = Math.max(...data.runs.map(({ seconds }) => seconds));
  return {
    ...baseOption(context),
    grid: { ...plotMargin, top: data.changes?.length ? 48 : 32, bottom: 26, outerBoundsMode: "none" },
    legend: {
      top: 0,
      left: 60,
      type: "scroll",
      itemHeight: 9,
      itemWidth: 9,
      pageIconColor: colors.quietText,
      textStyle: { color: colors.quietText },
    },
    tooltip: {
      trigger: "item",
      ...tooltipStyle(context),
      formatter: (point) => {
        const run = Array.isArray(point) ? undefined : runOf(point.data, data.runs);
        if (!run) return "";
        return `${formatTime(run.at, context.zone, context.locale)}<br><b>${formatDuration(run.seconds, context.locale)}</b> · ${escapeHtml(data.names.outcomes[run.outcome])}<br>${escapeHtml(run.machine)}`;
      },
    },
    xAxis: timeAxis(data.from, data.to, context),
    yAxis: durationAxis(lowest, highest, context),
    series: [
      ...outcomeSeries(data, context),
      ...changeSeries(data, context),
      ...deviationSeries(data, context),
      ...highlightSeries(data, context),
    ],
  };
}

/** A dot is [milliseconds, seconds, position in the list of runs]. */
const dot = (run: RunDot, index: number): [number, number, number] => [run.at, run.seconds, index];

function runOf(value: unknown, runs: readonly RunDot[]): RunDot | undefined {
  return Array.isArray(value) ? runs[Number(value[2])] : undefined;
}

function outcomeSeries(data: DurationsChart, context: ChartContext): ScatterSeriesOption[] {
  const colors = palette(context.theme);
  const present = executionOutcomes.filter((outcome) => data.runs.some((run) => run.outcome === outcome));
  return present.map((outcome, position) => ({
    type: "scatter",
    name: data.names.outcomes[outcome],
    symbol: outcomeSymbols[outcome],
    symbolSize: outcome === "ok" ? 6 : 9,
    itemStyle: { color: colors.outcomes[outcome], opacity: outcome === "ok" ? 0.75 : 1 },
    data: data.runs.map(dot).filter(([, , index]) => data.runs[index]!.outcome === outcome),
    ...(position === 0 && data.normal ? normalBand(data, context) : {}),
  }));
}

function normalBand(
  data: DurationsChart,
  context: ChartContext,
): Pick<ScatterSeriesOption, "markLine" | "markArea"> {
  const colors = palette(context.theme);
  const { medianSeconds, madSeconds, since } = data.normal!;
  const width = 3 * robustDeviation * madSeconds;
  return {
    markArea: {
      silent: true,
      itemStyle: { color: colors.normal, opacity: 0.14 },
      data: [
        [
          { yAxis: Math.max(0, medianSeconds - width), ...(since === undefined ? {} : { xAxis: since }) },
          { yAxis: medianSeconds + width, ...(since === undefined ? {} : { xAxis: data.to }) },
        ],
      ],
    },
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: colors.quietText, type: "dashed", width: 1 },
      label: {
        color: colors.quietText,
        position: "insideStartTop",
        backgroundColor: colors.background,
        padding: [1, 3],
        borderRadius: 2,
        formatter: `${data.names.median} ${formatDuration(medianSeconds, context.locale)}`,
      },
      data: [
        since === undefined
          ? { yAxis: medianSeconds }
          : [{ coord: [since, medianSeconds] }, { coord: [data.to, medianSeconds] }],
      ],
    },
  };
}

/** A series without points of its own that carries a line for each change. */
function changeSeries({ changes = [] }: DurationsChart, context: ChartContext): ScatterSeriesOption[] {
  if (changes.length === 0) return [];
  const colors = palette(context.theme);
  return [
    {
      type: "scatter",
      data: [],
      markLine: {
        silent: true,
        symbol: "none",
        lineStyle: { color: colors.deviation, type: "solid", width: 1.5 },
        label: {
          color: colors.text,
          backgroundColor: colors.background,
          borderColor: colors.deviation,
          borderWidth: 1,
          borderRadius: 2,
          padding: [1, 3],
          position: "end",
          distance: 2,
        },
        data: changes.map(({ at, label }) => ({ xAxis: at, label: { formatter: label } })),
      },
    },
  ];
}

function deviationSeries(data: DurationsChart, context: ChartContext): ScatterSeriesOption[] {
  const dots = data.runs.map(dot).filter(([, , index]) => data.runs[index]!.deviates);
  if (dots.length === 0) return [];
  const color = palette(context.theme).deviation;
  return [
    {
      type: "scatter",
      name: data.names.deviates,
      symbol: "triangle",
      symbolSize: 9,
      symbolOffset: [0, -10],
      itemStyle: { color },
      data: dots,
    },
  ];
}

function highlightSeries(data: DurationsChart, context: ChartContext): ScatterSeriesOption[] {
  const dots = data.runs.map(dot).filter(([, , index]) => data.runs[index]!.id === data.highlight);
  if (dots.length === 0) return [];
  const color = palette(context.theme).text;
  return [
    {
      type: "scatter",
      name: data.names.highlight,
      symbol: "circle",
      symbolSize: 17,
      itemStyle: { color: "transparent", borderColor: color, borderWidth: 2 },
      data: dots,
      z: 5,
    },
  ];
}
