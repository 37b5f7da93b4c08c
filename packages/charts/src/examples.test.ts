import { describe, expect, it } from "vitest";
import type { ChartContext } from "./context.ts";
import { renderSvg } from "./engine.ts";
import { examples } from "./examples.ts";
import { seriesChart, withGaps } from "./series-chart.ts";

const light: ChartContext = { locale: "en", zone: "UTC", theme: "light" };
const size = { width: 640, height: 220 };

/** Ids count up with each drawing in a process: here they count from the top of the picture. */
function stable(svg: string): string {
  const ids = new Map<string, number>();
  const counted = svg.replace(/zr\d+-(c|cls-|g|p)(\d+)/g, (id, kind: string) => {
    if (!ids.has(id)) ids.set(id, ids.size);
    return `zr-${kind}${ids.get(id)}`;
  });
  return counted.replace(/></g, ">\n<");
}

describe("charts", () => {
  it.each(Object.keys(examples))("the example of %s looks as it did", async (name) => {
    const svg = stable(renderSvg(examples[name]!(light), size));
    await expect(svg).toMatchFileSnapshot(`./examples/${name}.svg`);
  });

  it.each(Object.keys(examples))("the example of %s drawn twice is the same picture", (name) => {
    const twice = [1, 2].map(() => stable(renderSvg(examples[name]!(light), size)));
    expect(twice[0]).toBe(twice[1]);
  });

  it("dark, other languages and other zones change the picture but not the data", () => {
    const brazilian: ChartContext = { locale: "pt-BR", zone: "America/Sao_Paulo", theme: "dark" };
    const svg = renderSvg(examples["series"]!(brazilian), size);
    expect(svg).toContain("#a3afbd");
    expect(svg).toContain("23:00");
    expect(svg).not.toContain("02:00<");
  });

  it("missing steps and nulls are gaps, and a lone point between them gets a dot", () => {
    const line = { name: "x", times: [0, 10_000, 40_000, 80_000], values: [1, 2, 3, null] };
    expect(withGaps(line, 10)).toEqual([
      [0, 1],
      [10_000, 2],
      [20_000, null],
      [40_000, 3],
      [50_000, null],
      [80_000, null],
    ]);
    expect(withGaps(line)).toEqual([
      [0, 1],
      [10_000, 2],
      [40_000, 3],
      [80_000, null],
    ]);
    const option = seriesChart({ from: 0, to: 80_000, unit: "1", stepSeconds: 10, lines: [line] }, light);
    expect(JSON.stringify(option.series)).toContain('{"value":[40000,3],"symbol":"circle"');
  });

  it("a name of a process is text in a tooltip, never markup", () => {
    const line = { name: "<img src=x onerror=alert(1)>", times: [0], values: [1] };
    const option = seriesChart({ from: 0, to: 1, unit: "1", lines: [line] }, light);
    const { formatter } = option.tooltip as { formatter: (points: unknown) => string };
    const html = formatter([{ seriesName: line.name, marker: "", value: [0, 1] }]);
    expect(html).toContain("&lt;img");
    expect(html).not.toContain("<img");
  });
});
