/** Where the time of one run went: normal, what others cost it, and what nobody can explain. One stacked bar. */
import type { BarSeriesOption, EChartsOption } from "echarts";
import { amountAxis, baseOption, escapeHtml, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatDuration } from "./quantity.ts";

export type SharePart = {
  name: string;
  kind: "normal" | "cause" | "own-work" | "host" | "unexplained";
  seconds: number;
  /** The seconds with their bounds in words, where bounds are known. */
  range?: string;
};

export function sharesChart(parts: readonly SharePart[], context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  const total = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    ...baseOption(context),
    grid: { left: 16, right: 40, top: 34, bottom: 26, outerBoundsMode: "none" },
    legend: {
      top: 0,
      left: 12,
      type: "scroll",
      icon: "roundRect",
      itemWidth: 12,
      itemHeight: 12,
      pageIconColor: colors.quietText,
      textStyle: { color: colors.text },
    },
    tooltip: {
      trigger: "item",
      ...tooltipStyle(context),
      formatter: (point) => {
        const part = Array.isArray(point) ? undefined : parts[point.seriesIndex ?? -1];
        return part
          ? `${escapeHtml(part.name)}<br><b>${escapeHtml(part.range ?? formatDuration(part.seconds, context.locale))}</b>`
          : "";
      },
    },
    xAxis: { ...amountAxis("s", context), ...(total > 0 ? { max: total } : {}), splitLine: { show: false } },
    yAxis: { type: "category", data: [""], axisLine: { show: false }, axisTick: { show: false } },
    series: parts.map((part, index) => drawn(part, index, parts, context)),
  };
}

/** The colour of a part, for whatever names the parts beside the picture. */
export function shareColor(parts: readonly SharePart[], index: number, theme: ChartContext["theme"]): string {
  const colors = palette(theme);
  const causes = parts.slice(0, index).filter(({ kind }) => kind === "cause").length;
  return {
    normal: colors.normal,
    cause: colors.series[(causes + 1) % colors.series.length]!,
    "own-work": colors.series[0]!,
    host: colors.series[2]!,
    unexplained: colors.unexplained,
  }[parts[index]?.kind ?? "unexplained"];
}

function drawn(
  part: SharePart,
  index: number,
  parts: readonly SharePart[],
  context: ChartContext,
): BarSeriesOption {
  const colors = palette(context.theme);
  return {
    type: "bar",
    // The legend carries the figures: a thin part has no room for one.
    name: `${part.name} ${formatDuration(part.seconds, context.locale)}`,
    stack: "all",
    barWidth: 34,
    emphasis: { focus: "series" },
    itemStyle: {
      color: shareColor(parts, index, context.theme),
      borderColor: colors.background,
      borderWidth: 1,
      // What nobody can explain must not look like an answer.
      ...(part.kind === "unexplained"
        ? {
            decal: {
              symbol: "rect",
              dashArrayX: [1, 0],
              dashArrayY: [3, 4],
              rotation: -Math.PI / 4,
              color: colors.background,
            },
          }
        : {}),
    },
    data: [part.seconds],
  };
}
