/** Measured values over time: lines, or stacked areas for parts of a whole. */
import type { EChartsOption, LineSeriesOption } from "echarts";
import { amountAxis, baseOption, escapeHtml, plotMargin, timeAxis, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatQuantity } from "./quantity.ts";
import { formatTime } from "./time-axis.ts";

export type SeriesLine = {
  name: string;
  /** Milliseconds since 1970, ascending. */
  times: readonly number[];
  values: readonly (number | null)[];
};

export type SeriesChart = {
  from: number;
  to: number;
  /** What the values are in; see formatQuantity. */
  unit: string;
  /** Of points that come at one pace: where one is missing is a gap. Without it a gap is where a value is null. */
  stepSeconds?: number;
  stacked?: boolean;
  /** Upper end of the axis, e.g. 1 for a share. */
  max?: number;
  /** An instant to mark. */
  instant?: number;
  /** An interval to shade, e.g. of the run that a page is about. */
  shaded?: readonly [from: number, to: number];
  /** Pixels beside the plot where it must match another picture. */
  margins?: { left: number; right: number };
  lines: readonly SeriesLine[];
};

export function seriesChart(data: SeriesChart, context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  const legend = data.lines.length > 1;
  const margins = data.margins ?? plotMargin;
  return {
    ...baseOption(context),
    grid: { ...margins, top: legend ? 30 : 12, bottom: 26, outerBoundsMode: "none" },
    legend: {
      show: legend,
      top: 0,
      left: margins.left - 4,
      type: "scroll",
      icon: "roundRect",
      itemWidth: 12,
      itemHeight: 4,
      pageIconColor: colors.quietText,
      pageTextStyle: { color: colors.quietText },
      textStyle: { color: colors.quietText, fontSize: 12 },
    },
    tooltip: {
      trigger: "axis",
      ...tooltipStyle(context),
      axisPointer: { type: "line", lineStyle: { color: colors.quietText, type: "dashed" }, snap: true },
      formatter: (points) => tooltip(Array.isArray(points) ? points : [points], data, context),
    },
    xAxis: timeAxis(data.from, data.to, context),
    yAxis: amountAxis(data.unit, context, data.max ?? roundTop(data)),
    series: data.lines.map((line, index) => drawn(line, index, data, context)),
  };
}

function drawn(line: SeriesLine, index: number, data: SeriesChart, context: ChartContext): LineSeriesOption {
  const colors = palette(context.theme);
  const marked = index === 0 && data.instant !== undefined;
  return {
    type: "line",
    name: line.name,
    data: withGaps(line, data.stepSeconds).map(drawnPoint),
    symbol: "none",
    connectNulls: false,
    lineStyle: { width: 1.6 },
    ...(data.stacked ? { stack: "all", areaStyle: { opacity: 0.35 }, lineStyle: { width: 1 } } : {}),
    ...(index === 0 && data.shaded
      ? {
          markArea: {
            silent: true,
            itemStyle: { color: colors.deviation, opacity: 0.12 },
            data: [[{ xAxis: data.shaded[0] }, { xAxis: data.shaded[1] }]],
          },
        }
      : {}),
    ...(marked
      ? {
          markLine: {
            silent: true,
            symbol: "none",
            label: { show: false },
            lineStyle: { color: colors.accent, type: "solid", width: 1.5 },
            data: [{ xAxis: data.instant! }],
          },
        }
      : {}),
  };
}

const shareTops = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/**
 * Bytes need an end of the axis that is round in powers of two, and a share has no room above all of it (but several
 * cores have); other units find their own.
 */
function roundTop({ unit, stacked, lines }: SeriesChart): number | undefined {
  if (unit !== "1" && !unit.startsWith("By")) return undefined;
  const tops = lines.map(({ values }) => values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0));
  const top = stacked ? tops.reduce((sum, one) => sum + one, 0) : Math.max(0, ...tops);
  if (unit === "1") return shareTops.find((share) => share >= top - 1e-6) ?? Math.ceil(top);
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, top / 3)));
  return Math.max(1, Math.ceil(top / step)) * step;
}

/** Points as pairs, with a null where steps are missing, so that a gap is never bridged by a line. */
export function withGaps(
  line: SeriesLine,
  stepSeconds = Number.POSITIVE_INFINITY,
): [number, number | null][] {
  const points: [number, number | null][] = [];
  const tooFar = stepSeconds * 1000 * 1.5;
  for (const [index, time] of line.times.entries()) {
    const before = line.times[index - 1];
    if (before !== undefined && time - before > tooFar) points.push([before + stepSeconds * 1000, null]);
    points.push([time, line.values[index] ?? null]);
  }
  return points;
}

/** A lone point between gaps has no line to be seen by, and gets a dot. */
function drawnPoint(
  point: [number, number | null],
  index: number,
  all: readonly [number, number | null][],
): LineData {
  const alone =
    point[1] !== null && (all[index - 1]?.[1] ?? null) === null && (all[index + 1]?.[1] ?? null) === null;
  return alone ? { value: point, symbol: "circle", symbolSize: 3 } : point;
}

type LineData =
  | [number, number | null]
  | { value: [number, number | null]; symbol: string; symbolSize: number };

type TooltipPoint = { seriesName?: string; marker?: unknown; value?: unknown };

function tooltip(points: readonly TooltipPoint[], data: SeriesChart, context: ChartContext): string {
  const [first] = points;
  const pairs = points.map(({ value }) =>
    Array.isArray(value) ? value.map((part) => (part === null ? null : Number(part))) : [],
  );
  const time = pairs[0]?.[0];
  if (!first || time === undefined || time === null) return "";
  const rows = points.map(
    ({ seriesName = "", marker }, index) =>
      `<div style="display:flex;gap:12px;justify-content:space-between"><span>${typeof marker === "string" ? marker : ""}${escapeHtml(seriesName)}</span><b>${formatQuantity(pairs[index]?.[1] ?? null, data.unit, context.locale)}</b></div>`,
  );
  return `<div>${formatTime(time, context.zone, context.locale)}</div>${rows.join("")}`;
}
