/** The drawing itself, apart from the descriptions of charts, so that pages load it only when a chart comes into view. */
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { connect, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import type { EChartsOption } from "echarts";

use([
  BarChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ScatterChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  LabelLayout,
  CanvasRenderer,
  SVGRenderer,
]);

/** Pixels. */
export type ChartSize = { width: number; height: number };

/** The chart as an SVG document, without a browser: for e-mails, reports and tests. */
export function renderSvg(option: EChartsOption, size: ChartSize): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** Pixels; what is shorter is a click. */
const shortestDrag = 5;

/** In the order of the axis, whichever way it was drawn. */
export type DrawnSpan = { from: number; to: number; left: number; right: number };

export type MountedChart = {
  draw(option: EChartsOption): void;
  resize(): void;
  /** A PNG as a data address, at twice the size on the page. */
  png(background: string): string;
  /** Calls back with the value of the x axis under a click. */
  onInstant(handle: (x: number) => void): void;
  /** Calls back with the data of a dot or bar that was clicked. */
  onItem(handle: (item: unknown) => void): void;
  /** Calls back with the value of the x axis under the pointer; undefined once it has left the plot. */
  onHover(handle: (x: number | undefined) => void): void;
  /** Calls back while a span of the x axis is drawn out with the mouse, between `left` and `right` pixels, and once it is `done`. */
  onSpan(handle: (span: DrawnSpan, done: boolean) => void): void;
  /** Points at a value of the x axis, as if the pointer were there; undefined points at nothing. */
  pointAt(x: number | undefined): void;
  /** Makes one of the series stand out; undefined makes all equal. */
  highlight(series: number | undefined): void;
  dispose(): void;
};

/** Draws into an element; charts of one `group` share their cross-hair. */
export function mountChart(element: HTMLElement, group?: string): MountedChart {
  const chart = init(element, null, { renderer: "canvas" });
  if (group) {
    chart.group = group;
    connect(group);
  }
  const xAt = (offsetX: number, offsetY: number): number | undefined => {
    if (!chart.containPixel("grid", [offsetX, offsetY])) return undefined;
    const x: unknown = chart.convertFromPixel({ xAxisIndex: 0 }, offsetX);
    return typeof x === "number" ? x : undefined;
  };
  return {
    draw: (option) => chart.setOption(option, { notMerge: false, replaceMerge: ["series"] }),
    resize: () => chart.resize(),
    png: (backgroundColor) => chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor }),
    onInstant: (handle) => {
      chart.getZr().on("click", ({ offsetX, offsetY }) => {
        const x = xAt(offsetX, offsetY);
        if (x !== undefined) handle(x);
      });
    },
    onHover: (handle) => {
      chart.getZr().on("mousemove", ({ offsetX, offsetY }) => handle(xAt(offsetX, offsetY)));
      chart.getZr().on("globalout", () => handle(undefined));
    },
    onSpan: (handle) => {
      const canvas = chart.getZr();
      let start: number | undefined;
      const spanTo = (offsetX: number): DrawnSpan | undefined => {
        if (start === undefined || Math.abs(offsetX - start) < shortestDrag) return undefined;
        const [left, right] = [Math.min(start, offsetX), Math.max(start, offsetX)];
        const [from, to]: unknown[] = [left, right].map((pixel) =>
          chart.convertFromPixel({ xAxisIndex: 0 }, pixel),
        );
        return typeof from === "number" && typeof to === "number" ? { from, to, left, right } : undefined;
      };
      canvas.on("mousedown", ({ offsetX, offsetY, event }) => {
        // A finger scrolls the page.
        const drags = !("touches" in event) && chart.containPixel("grid", [offsetX, offsetY]);
        start = drags ? offsetX : undefined;
      });
      canvas.on("mousemove", ({ offsetX }) => {
        const span = spanTo(offsetX);
        if (span) handle(span, false);
      });
      canvas.on("mouseup", ({ offsetX }) => {
        const span = spanTo(offsetX);
        start = undefined;
        if (span) handle(span, true);
      });
    },
    pointAt: (x) => {
      const pixel: unknown = x === undefined ? undefined : chart.convertToPixel({ xAxisIndex: 0 }, x);
      if (typeof pixel !== "number") chart.dispatchAction({ type: "hideTip" });
      else chart.dispatchAction({ type: "showTip", x: pixel, y: chart.getHeight() / 2 });
    },
    highlight: (series) => {
      chart.dispatchAction({ type: "downplay" });
      if (series !== undefined) chart.dispatchAction({ type: "highlight", seriesIndex: series });
    },
    onItem: (handle) => {
      chart.on("click", ({ data }) => handle(data));
    },
    dispose: () => chart.dispose(),
  };
}
