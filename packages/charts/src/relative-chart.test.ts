import { expect, it } from "vitest";
import type { ChartContext } from "./context.ts";
import { relativeChart, relativeMedian, type RelativeBin } from "./relative-chart.ts";

const light: ChartContext = { locale: "en", zone: "UTC", theme: "light" };
const bins: RelativeBin[] = [
  { from: 0.5, to: 1, with: 0, without: 10 },
  { from: 1, to: 2, with: 4, without: 0 },
  { from: 2, to: 4, with: 4, without: 0 },
];

it("the median lies within its bin by parts of the logarithm", () => {
  expect(relativeMedian(bins, "with")).toBeCloseTo(2);
  expect(relativeMedian(bins, "without")).toBeCloseTo(Math.SQRT1_2);
  expect(relativeMedian([{ from: 1, to: 2, with: 0, without: 0 }], "with")).toBeNull();
});

it("a name of a process is text in a tooltip, never markup", () => {
  const names = { with: "beside <b>x</b>", without: "without it", normal: "normal" };
  const { tooltip } = relativeChart({ bins, names }, light);
  const { formatter } = tooltip as { formatter: (point: unknown) => string };
  const html = formatter({ dataIndex: 1, seriesIndex: 0 });
  expect(html).toContain("beside &lt;b&gt;x&lt;/b&gt;");
  expect(html).toContain("<b>50%</b> (4)");
});
