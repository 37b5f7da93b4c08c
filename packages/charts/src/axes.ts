/** Axes, legend and tooltip as every chart of ours has them. */
import type { EChartsOption } from "echarts";
import type { ChartContext } from "./context.ts";
import { linearDurationTicks, logarithmicDurationTicks } from "./duration-ticks.ts";
import { palette } from "./palette.ts";
import { formatQuantity } from "./quantity.ts";
import { tickLabel, timeTicks } from "./time-axis.ts";

/** Pixels beside the plot; equal in all charts, so that charts stacked on a page share one time axis. */
export const plotMargin = { left: 64, right: 16 } as const;

export const fontFamily = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** What all charts start from: no animation, since a page that refreshes must not jump and an e-mail stands still. */
export function baseOption(context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  return {
    animation: false,
    color: [...colors.series],
    textStyle: { fontFamily, color: colors.text, fontSize: 12 },
    grid: { ...plotMargin, top: 12, bottom: 28, outerBoundsMode: "none" },
  };
}

export function tooltipStyle(context: ChartContext) {
  const colors = palette(context.theme);
  return {
    backgroundColor: colors.background,
    borderColor: colors.line,
    textStyle: { color: colors.text, fontSize: 12, fontFamily },
    extraCssText: "font-variant-numeric: tabular-nums; max-width: 340px; white-space: normal;",
    confine: true,
  };
}

/** Milliseconds along a plot; ticks at round times of the reader's zone. */
export function timeAxis(from: number, to: number, context: ChartContext, count = 7) {
  const colors = palette(context.theme);
  const { times, stepMillis } = timeTicks(from, to, context.zone, count);
  return {
    type: "value" as const,
    min: from,
    max: to,
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: true, customValues: times, lineStyle: { color: colors.line } },
    axisLabel: {
      customValues: times,
      color: colors.quietText,
      hideOverlap: true,
      // A label at the very end would be cut in half by the edge of the picture.
      ...((to - (times.at(-1) ?? from)) / (to - from) < 0.03 ? { alignMaxLabel: "right" as const } : {}),
      formatter: (time: number) => tickLabel(time, stepMillis, context.zone, context.locale),
    },
    splitLine: { show: false },
  };
}

/** Seconds of something that took from `lowest` to `highest`; from zero, unless they differ by a hundredfold. */
export function durationAxis(lowest: number, highest: number, context: ChartContext) {
  const colors = palette(context.theme);
  const logarithmic = lowest > 0 && highest / lowest > 100;
  const ticks = logarithmic ? logarithmicDurationTicks(lowest, highest) : linearDurationTicks(highest);
  return {
    type: logarithmic ? ("log" as const) : ("value" as const),
    min: ticks[0]!,
    max: Math.max(highest, ticks.at(-1)!),
    // Lines go by the step, which marks alone do not tell.
    ...(logarithmic ? {} : { interval: ticks[1]! - ticks[0]! }),
    axisLabel: {
      customValues: ticks,
      color: colors.quietText,
      hideOverlap: true,
      formatter: (seconds: number) => formatQuantity(seconds, "s", context.locale),
    },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colors.grid } },
  };
}

/** Amounts start at zero; with a known end the axis has its half too, or the powers of two below it. */
export function amountAxis(unit: string, context: ChartContext, max?: number) {
  const colors = palette(context.theme);
  return {
    type: "value" as const,
    min: 0,
    ...(max === undefined
      ? { splitNumber: 3 }
      : { max, interval: unit.startsWith("By") ? byteStep(max) : max / 2 }),
    axisLabel: {
      color: colors.quietText,
      hideOverlap: true,
      formatter: (value: number) => formatQuantity(value, unit, context.locale),
    },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colors.grid } },
  };
}

/** The power of two that cuts `max` into two to four parts. */
export function byteStep(max: number): number {
  return (
    2 **
    Math.max(0, Math.ceil(Math.log2(max / 3)) - (Math.ceil(Math.log2(max / 3)) > Math.log2(max / 2) ? 1 : 0))
  );
}

/** Text that came from outside goes into tooltips as HTML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
