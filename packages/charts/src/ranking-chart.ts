/** Who cost or would save most: one bar of seconds each, the largest on top, with the 95% interval across its end. */
import type { CustomSeriesOption, EChartsOption } from "echarts";
import { baseOption, durationAxis, escapeHtml, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatDuration } from "./quantity.ts";

/** `range`: the seconds with their bounds in words. */
export type RankedBar = { name: string; seconds: number; low: number; high: number; range: string };

/** Pixels that a bar takes with its name above it, and that the axis takes. */
const rowHeight = 44;
const axisHeight = 30;
const longestName = 44;

export const rankingHeight = (bars: number): number => bars * rowHeight + axisHeight;

export function rankingChart(bars: readonly RankedBar[], context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  const highest = bars.reduce((most, { seconds, high }) => Math.max(most, seconds, high), 0);
  const described = (index: number) => {
    const bar = bars[index];
    return bar ? `${escapeHtml(bar.name)}<br><b>${escapeHtml(bar.range)}</b>` : "";
  };
  return {
    ...baseOption(context),
    grid: { left: 8, right: 28, top: 2, bottom: axisHeight - 4, outerBoundsMode: "none" },
    tooltip: {
      trigger: "item",
      ...tooltipStyle(context),
      formatter: (point) => (Array.isArray(point) ? "" : described(point.dataIndex)),
    },
    xAxis: durationAxis(0, highest, context),
    yAxis: {
      type: "category",
      inverse: true,
      data: bars.map(({ name }) => name),
      axisLine: { lineStyle: { color: colors.line } },
      axisTick: { show: false },
      // Names stand above their bars: beside them a phone would have no room left for the bars.
      axisLabel: {
        inside: true,
        margin: 0,
        interval: 0,
        color: colors.text,
        verticalAlign: "bottom",
        padding: [0, 0, 9, 4],
        formatter: (name: string, index: number) =>
          `${shortened(name)}   ${formatDuration(bars[index]?.seconds ?? 0, context.locale)}`,
      },
      // Above the bars, which would hide the names otherwise.
      z: 5,
    },
    series: [
      {
        type: "bar",
        barWidth: 14,
        // Pale enough for the interval to be seen on it.
        itemStyle: { color: colors.accent, opacity: 0.55 },
        cursor: "pointer",
        data: bars.map(({ seconds }, index) => [seconds, index]),
      },
      intervals(bars, context),
    ],
  };
}

function shortened(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;
}

/** An I from the lower to the upper bound; below zero there is no room and nothing to lose. */
function intervals(bars: readonly RankedBar[], context: ChartContext): CustomSeriesOption {
  const colors = palette(context.theme);
  const stroke = colors.text;
  return {
    type: "custom",
    silent: true,
    z: 4,
    data: bars.map(({ low, high }, index) => [Math.max(0, low), Math.max(0, high), index]),
    encode: { x: [0, 1], y: 2 },
    renderItem: (_, api) => {
      const [left = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
      const [right = 0] = api.coord([api.value(1), api.value(2)]);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: "line" as const,
        shape: { x1, y1, x2, y2 },
        style: { stroke, lineWidth: 1.4 },
      });
      const reach = 4;
      return {
        type: "group",
        children: [
          line(left, y, right, y),
          line(left, y - reach, left, y + reach),
          line(right, y - reach, right, y + reach),
        ],
      };
    },
  };
}
