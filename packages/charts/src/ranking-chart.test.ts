import { expect, it } from "vitest";
import { renderSvg } from "./engine.ts";
import { rankingChart, rankingHeight } from "./ranking-chart.ts";

const light = { locale: "en", zone: "UTC", theme: "light" } as const;

it("a name of a process is text in a tooltip and a label, never markup", () => {
  const bars = [{ name: "<img src=x>", seconds: 60, low: 30, high: 90, range: "1 min (<30 s)" }];
  const option = rankingChart(bars, light);
  const { formatter } = option.tooltip as { formatter: (point: unknown) => string };
  const html = formatter({ dataIndex: 0 });
  expect(html).toBe("&lt;img src=x&gt;<br><b>1 min (&lt;30 s)</b>");
  expect(renderSvg(option, { width: 400, height: rankingHeight(1) })).not.toContain("<img");
});

it("an interval that reaches below nothing begins at nothing", () => {
  const bars = [{ name: "a", seconds: 10, low: -5, high: 30, range: "" }];
  const svg = renderSvg(rankingChart(bars, light), { width: 400, height: rankingHeight(1) });
  expect(svg).toContain("<svg");
  expect(svg).not.toContain("NaN");
});
