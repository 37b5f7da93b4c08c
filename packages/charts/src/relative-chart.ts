/**
 * Durations of one process with and without another beside it, each relative to what was normal: two histograms in
 * equal log steps over one axis, each as shares of its own runs, for one side may have a hundred times as many.
 */
import type { BarSeriesOption, EChartsOption, ScatterSeriesOption } from "echarts";
import { baseOption, escapeHtml, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatNumber, formatShare } from "./quantity.ts";

export type RelativeBin = { from: number; to: number; with: number; without: number };

export type RelativeChart = {
  bins: readonly RelativeBin[];
  /** What stands above each half; `normal` under the line where durations are normal. */
  names: { with: string; without: string; normal: string };
};

/** Ratios at the axis, where durations differ little and where they differ much. */
const nearMarks = [0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3];
const farMarks = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100];
const halves = ["with", "without"] as const;

export function relativeChart({ bins, names }: RelativeChart, context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  const lowest = bins[0]?.from ?? 0.5;
  const highest = bins.at(-1)?.to ?? 2;
  const place = (ratio: number) => (Math.log(ratio / lowest) / Math.log(highest / lowest)) * bins.length;
  const marks = highest / lowest < 4 ? nearMarks : farMarks;
  const ticks = marks.filter((mark) => mark >= lowest && mark <= highest);
  const label = (ratio: number) => `${formatNumber(ratio, context.locale)}×`;
  const totals = { with: sum(bins, "with"), without: sum(bins, "without") };
  const share = (bin: RelativeBin, half: "with" | "without") =>
    totals[half] === 0 ? 0 : bin[half] / totals[half];
  const top = Math.max(0.05, ...bins.flatMap((bin) => halves.map((half) => share(bin, half))));
  const valueAxis = (gridIndex: number) => ({
    type: "value" as const,
    gridIndex,
    min: 0,
    max: bins.length,
    axisLabel: {
      show: gridIndex === 1,
      customValues: ticks.map(place),
      color: colors.quietText,
      hideOverlap: true,
      formatter: (at: number) => {
        const ratio = ticks.find((tick) => Math.abs(place(tick) - at) < 1e-6) ?? 0;
        return ratio === 1 ? `${label(ratio)} ${names.normal}` : label(ratio);
      },
    },
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: gridIndex === 1, customValues: ticks.map(place), lineStyle: { color: colors.line } },
    splitLine: { show: false },
    position: "bottom" as const,
  });
  return {
    ...baseOption(context),
    grid: [
      { left: 44, right: 16, top: 30, height: "30%", outerBoundsMode: "none" },
      { left: 44, right: 16, bottom: 26, height: "30%", outerBoundsMode: "none" },
    ],
    tooltip: {
      trigger: "item",
      ...tooltipStyle(context),
      formatter: (point) => {
        const bin = Array.isArray(point) ? undefined : bins[point.dataIndex];
        if (!bin || Array.isArray(point)) return "";
        const half = halves[point.seriesIndex ?? 0] ?? "with";
        return `${escapeHtml(names[half])}<br>${label(bin.from)} – ${label(bin.to)}<br><b>${formatShare(share(bin, half), context.locale)}</b> (${formatNumber(bin[half], context.locale)})`;
      },
    },
    // Bars fill the bands of a category axis; the value axis under the same pixels carries ratios between them.
    xAxis: halves.flatMap((_, gridIndex) => [
      { type: "category" as const, gridIndex, show: false, data: bins.map((_, index) => index) },
      valueAxis(gridIndex),
    ]),
    yAxis: halves.map((half, gridIndex) => ({
      type: "value" as const,
      gridIndex,
      min: 0,
      max: top,
      interval: top,
      name: names[half],
      nameLocation: "end" as const,
      nameGap: 12,
      nameTextStyle: { color: colors.text, align: "left" as const, padding: [0, 0, 0, -36] },
      axisLabel: {
        color: colors.quietText,
        formatter: (value: number) => formatShare(value, context.locale),
      },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: colors.grid } },
    })),
    series: [
      ...halves.map((half, index): BarSeriesOption => ({
        type: "bar",
        name: names[half],
        xAxisIndex: 2 * index,
        yAxisIndex: index,
        barCategoryGap: "8%",
        itemStyle: { color: half === "with" ? colors.deviation : colors.normal },
        data: bins.map((bin) => share(bin, half)),
      })),
      ...halves.map((_, index): ScatterSeriesOption => ({
        // Without points of its own: it carries the line where durations are normal.
        type: "scatter",
        xAxisIndex: 2 * index + 1,
        yAxisIndex: index,
        data: [],
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: colors.quietText, type: "dashed", width: 1 },
          label: { show: false },
          data: lowest < 1 && highest > 1 ? [{ xAxis: place(1) }] : [],
        },
      })),
    ],
  };
}

function sum(bins: readonly RelativeBin[], half: "with" | "without"): number {
  return bins.reduce((total, bin) => total + bin[half], 0);
}

/** The middle of the runs of one half, within a bin by equal parts of its log; null if there are none. */
export function relativeMedian(bins: readonly RelativeBin[], half: "with" | "without"): number | null {
  const middle = sum(bins, half) / 2;
  let before = 0;
  for (const bin of bins) {
    if (bin[half] > 0 && before + bin[half] >= middle)
      return bin.from * (bin.to / bin.from) ** ((middle - before) / bin[half]);
    before += bin[half];
  }
  return null;
}
