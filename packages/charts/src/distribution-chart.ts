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
      trigger: "axis",
      ...tooltipStyle(context),
      axisPointer: { type: "shadow" },
      formatter: (points) => {
        const [point] = Array.isArray(points) ? points : [points];
        if (!point) return "";
        return `${span(point.dataIndex)}<br><b>${formatNumber(Number(point.value), context.locale)}</b> ${data.countName}`;
      },
    },
    xAxis: {
      type: "category",
      data: data.bins.map(({ fromSeconds }) => formatDuration(fromSeconds, context.locale)),
      axisLabel: { color: colors.quietText, hideOverlap: true, align: "left" },
      axisLine: { lineStyle: { color: colors.line } },
      axisTick: { alignWithLabel: false, lineStyle: { color: colors.line } },
    },
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
