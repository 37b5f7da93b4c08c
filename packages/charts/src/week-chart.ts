/** Something by the hour of the week, as a grid: a row for each day from Monday, a column for each hour. */
import type { EChartsOption } from "echarts";
import { baseOption, plotMargin, tooltipStyle } from "./axes.ts";
import type { ChartContext } from "./context.ts";
import { palette } from "./palette.ts";
import { formatQuantity } from "./quantity.ts";

export type WeekChart = {
  /** 168 values from Monday 0:00; null where nothing was. */
  values: readonly (number | null)[];
  /** What they are, for the tooltip, and in which unit: `s`, `1` or `{x}`. */
  name: string;
  unit: string;
};

export function weekChart({ values, name, unit }: WeekChart, context: ChartContext): EChartsOption {
  const colors = palette(context.theme);
  const days = weekdayNames(context.locale);
  const known = values.filter((value) => value !== null);
  const lowest = Math.min(...known);
  const highest = Math.max(...known);
  const text = (value: number) => formatQuantity(value, unit, context.locale);
  return {
    ...baseOption(context),
    grid: { ...plotMargin, left: 48, top: 8, bottom: 52, outerBoundsMode: "none" },
    tooltip: {
      trigger: "item",
      ...tooltipStyle(context),
      formatter: (point) => {
        const cell = Array.isArray(point) ? undefined : point.data;
        if (!Array.isArray(cell)) return "";
        const [hour, day, value] = cell.map(Number);
        return `${days[day ?? 0]} ${hourText(hour ?? 0)}<br><b>${text(value ?? 0)}</b> ${name}`;
      },
    },
    xAxis: {
      type: "category",
      data: Array.from({ length: 24 }, (_, hour) => hourText(hour)),
      axisLabel: { color: colors.quietText, interval: 2, formatter: (hour: string) => hour.slice(0, 2) },
      axisLine: { lineStyle: { color: colors.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: days,
      axisLabel: { color: colors.quietText },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    visualMap: {
      type: "continuous",
      // One value alone has no scale.
      min: known.length === 0 ? 0 : lowest === highest ? 0 : lowest,
      max: known.length === 0 ? 1 : Math.max(highest, Number.MIN_VALUE),
      dimension: 2,
      orient: "horizontal",
      left: 48,
      bottom: 0,
      itemWidth: 10,
      itemHeight: 90,
      text: [known.length === 0 ? "" : text(highest), known.length === 0 ? "" : text(lowest)],
      textStyle: { color: colors.quietText },
      inRange: { color: [...colors.heat] },
      calculable: false,
      hoverLink: false,
    },
    series: [
      {
        type: "heatmap",
        name,
        data: values.flatMap((value, hour) =>
          value === null ? [] : [[hour % 24, Math.floor(hour / 24), value]],
        ),
        itemStyle: { borderColor: colors.background, borderWidth: 1 },
        emphasis: { itemStyle: { borderColor: colors.text } },
      },
    ],
  };
}

export const hourText = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;

/** From Monday, short, in the reader's language. */
export function weekdayNames(locale: string, weekday: "short" | "long" = "short"): string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday, timeZone: "UTC" });
  const monday = Date.UTC(2026, 0, 5);
  return Array.from({ length: 7 }, (_, day) => format.format(monday + day * 86_400_000));
}
