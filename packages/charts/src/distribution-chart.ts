/** How durations spread: a histogram in equal steps of log duration, with marks; since a change for good in another colour. */
import type { BarSeriesOption, EChartsOption } from "echarts";
import { baseOption, escapeHtml, plotMargin, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatDuration, formatNumber } from "./quantity.ts";

export type DistributionChart = {
  /** `countSince`: those of `count` that are since the change, if there was one. */
  bins: readonly { fromSeconds: number; toSeconds: number; count: number; countSince?: number | undefined }[];
  /** The name of what is counted, e.g. `runs`. */
  countName: string;
  /** Lines across the picture, e.g. the median. */
  marks: readonly { name: string; seconds: number }[];
  /** The words of the legend, where a change divides the runs. */
  change?: { before: string; since: string };
};

export function distributionChart(data: DistributionChart, context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  const edges = [...data.bins.map(({ fromSeconds }) => fromSeconds), data.bins.at(-1)?.toSeconds ?? 0];
  const span = (index: number) => {
    const bin = data.bins[index];
    return bin
      ? `${formatDuration(bin.fromSeconds, context.locale)} – ${formatDuration(bin.toSeconds, context.locale)}`
      : "";
  };
  return {
    ...baseOption(context),
    grid: {
      ...plotMargin,
      top: (data.change ? 24 : 4) + 15 * data.marks.length,
      bottom: 26,
      outerBoundsMode: "none",
    },
    ...(data.change
      ? { legend: { top: 0, left: 60, itemHeight: 9, itemWidth: 9, textStyle: { color: colors.quietText } } }
      : {}),
    tooltip: {
      trigger: "item",
      ...tooltipStyle(context),
      formatter: (points) => {
        const [point] = Array.isArray(points) ? points : [points];
        if (!point || typeof point.value !== "number") return "";
        const which = data.change ? ` ${escapeHtml(point.seriesName ?? "")}` : "";
        return `${span(point.dataIndex)}<br><b>${formatNumber(point.value, context.locale)}</b> ${escapeHtml(data.countName)}${which}`;
      },
    },
    // Bars fill the bands of the first axis; the second, under the same pixels, names the edges between them.
    xAxis: [
      { type: "category", show: false, data: data.bins.map((_, index) => index) },
      {
        type: "value",
        position: "bottom",
        min: 0,
        max: data.bins.length,
        axisLabel: {
          customValues: edges.map((_, index) => index),
          color: colors.quietText,
          hideOverlap: true,
          // A long one would be cut off at the edge of the picture.
          alignMaxLabel: "right",
          formatter: (edge: number) => formatDuration(edges[edge] ?? 0, context.locale),
        },
        axisLine: { lineStyle: { color: colors.line } },
        axisTick: {
          show: true,
          customValues: edges.map((_, index) => index),
          lineStyle: { color: colors.line },
        },
        splitLine: { show: false },
      },
    ],
    yAxis: {
      type: "value",
      min: 0,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: {
        color: colors.quietText,
        formatter: (value: number) => formatNumber(value, context.locale),
      },
      splitLine: { lineStyle: { color: colors.grid } },
    },
    series: [...bars(data, context), marks(data, edges, context)],
  };
}

function bars({ bins, change, countName }: DistributionChart, context: ChartContext): BarSeriesOption[] {
  const colors = palette(context.theme);
  const bar = (name: string, color: string, counts: number[]): BarSeriesOption => ({
    type: "bar",
    name,
    stack: "all",
    barCategoryGap: "8%",
    itemStyle: { color },
    data: counts,
  });
  if (!change)
    return [
      bar(
        countName,
        colors.accent,
        bins.map(({ count }) => count),
      ),
    ];
  return [
    bar(
      change.before,
      colors.normal,
      bins.map(({ count, countSince = 0 }) => count - countSince),
    ),
    bar(
      change.since,
      colors.accent,
      bins.map(({ countSince = 0 }) => countSince),
    ),
  ];
}

/** A series without points of its own, on the axis of edges, that carries the lines. */
function marks(
  { marks: lines }: DistributionChart,
  edges: readonly number[],
  context: ChartContext,
): NonNullable<EChartsOption["series"]> & { type: "scatter" } {
  const colors = palette(context.theme);
  const lowest = edges[0] ?? 1;
  const steps = Math.log((edges.at(-1) ?? 1) / lowest);
  const place = (seconds: number) =>
    steps === 0 ? 0.5 : (Math.log(seconds / lowest) / steps) * (edges.length - 1);
  return {
    type: "scatter",
    xAxisIndex: 1,
    data: [],
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: colors.quietText, type: "dashed", width: 1 },
      label: { color: colors.quietText, position: "end" },
      data: lines
        .filter(({ seconds }) => seconds >= lowest)
        .map(({ name, seconds }, index) => ({
          xAxis: place(seconds),
          label: {
            formatter: `${name} ${formatDuration(seconds, context.locale)}`,
            // Each in a row of its own, for marks may be near each other, and towards the middle of the picture.
            distance: 2 + 14 * index,
            align: place(seconds) > (edges.length - 1) / 2 ? ("right" as const) : ("left" as const),
          },
        })),
    },
  };
}
