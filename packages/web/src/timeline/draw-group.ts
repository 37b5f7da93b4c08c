/** Many runs that start in one part of a lane: the darker, the more; the share that failed stands at the bottom. */
import type { Palette } from "@culprit/charts";
import type { Bar } from "./bars.ts";
import type { Scene } from "./draw.ts";

const faintest = 0.15;
const thinnestFailed = 2;

export function drawGroup(
  canvas: CanvasRenderingContext2D,
  bar: Bar,
  x: number,
  y: number,
  height: number,
  { hovered, focused }: Scene,
  colors: Palette,
): void {
  const { group, key } = bar.run;
  if (!group) return;
  canvas.globalAlpha = faintest + (1 - faintest) * group.share;
  canvas.fillStyle = colors.outcomes.ok;
  canvas.fillRect(x, y, bar.width, height);
  canvas.globalAlpha = 1;
  if (group.failed > 0) {
    const failed = Math.max(thinnestFailed, (height * group.failed) / group.runs);
    canvas.fillStyle = colors.outcomes.failed;
    canvas.fillRect(x, y + height - failed, bar.width, failed);
  }
  if (hovered !== key && focused !== key) return;
  canvas.strokeStyle = colors.text;
  canvas.lineWidth = focused === key ? 2 : 1;
  canvas.strokeRect(x, y - 1, bar.width, height + 2);
  canvas.lineWidth = 1;
}
