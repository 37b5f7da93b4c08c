/** The drawing itself, apart from the descriptions of charts, so that pages load it only when a chart comes into view. */
import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
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

export type MountedChart = {
  draw(option: EChartsOption): void;
  resize(): void;
  /** A PNG as a data address, at twice the size on the page. */
  png(background: string): string;
  /** Calls back with the value of the x axis under a click. */
  onInstant(handle: (x: number) => void): void;
  /** Calls back with the data of a dot or bar that was clicked. */
  onItem(handle: (item: unknown) => void): void;
  dispose(): void;
};

/** Draws into an element; charts of one `group` share their cross-hair. */
export function mountChart(element: HTMLElement, group?: string): MountedChart {
  const chart = init(element, null, { renderer: "canvas" });
  if (group) {
    chart.group = group;
    connect(group);
  }
  return {
    draw: (option) => chart.setOption(option, { notMerge: false, replaceMerge: ["series"] }),
    resize: () => chart.resize(),
    png: (backgroundColor) => chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor }),
    onInstant: (handle) => {
      chart.getZr().on("click", ({ offsetX, offsetY }) => {
        if (!chart.containPixel("grid", [offsetX, offsetY])) return;
        const x: unknown = chart.convertFromPixel({ xAxisIndex: 0 }, offsetX);
        if (typeof x === "number") handle(x);
      });
    },
    onItem: (handle) => {
      chart.on("click", ({ data }) => handle(data));
    },
    dispose: () => chart.dispose(),
  };
}
