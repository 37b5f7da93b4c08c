/** How durations spread: a histogram in equal steps of log duration. */
import type { EChartsOption } from "echarts";
import { baseOption, plotMargin, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatDuration, formatNumber } from "./quantity.ts";

export type DistributionChart = {
  bins: readonly { fromSeconds: number; toSeconds: number; count: number }[];
  /** The name of what is counted, e.g. `runs`. */
  countName: string;
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
    grid: { ...plotMargin, top: 12, bottom: 26, outerBoundsMode: "none" },
    tooltip: {
      trigger: "item",
      ...tooltipStyle(context),
      formatter: (points) => {
        const [point] = Array.isArray(points) ? points : [points];
        if (!point) return "";
        return `${span(point.dataIndex)}<br><b>${formatNumber(data.bins[point.dataIndex]?.count ?? 0, context.locale)}</b> ${data.countName}`;
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
    series: [
      {
        type: "bar",
        barCategoryGap: "8%",
        itemStyle: { color: colors.accent, borderRadius: [2, 2, 0, 0] },
        data: data.bins.map(({ count }) => count),
      },
    ],
  };
}
