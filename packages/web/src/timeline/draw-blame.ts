/** Blame on a bar: the fuller the colour, the more of the lost time it made; the seconds stand on it where they have room. */
import { fontFamily, type Palette } from "@culprit/charts";
import type { Bar } from "./bars.ts";
import type { Scene } from "./draw.ts";
import { toPixel } from "./view.ts";

const paddingX = 5;
/** On full orange it reads well in both themes. */
const ink = "#1c2530";

/** Only what stood beside the run that was slowed down can have done so: the rest of the bar stays as it is. */
export function drawBlame(
  canvas: CanvasRenderingContext2D,
  { run: { blame }, width }: Bar,
  x: number,
  y: number,
  height: number,
  { view, shaded, gutter, rightMargin, width: whole }: Scene,
  colors: Palette,
): void {
  if (!blame || !shaded) return;
  const plot = whole - gutter - rightMargin;
  const left = Math.max(x, gutter + toPixel(view, plot, shaded.from));
  const right = Math.min(x + width, gutter + toPixel(view, plot, shaded.to));
  if (right <= left) return;
  canvas.fillStyle = colors.background;
  canvas.fillRect(left, y, right - left, height);
  canvas.globalAlpha = 0.25 + 0.75 * blame.share;
  canvas.fillStyle = colors.deviation;
  canvas.fillRect(left, y, right - left, height);
  canvas.globalAlpha = 1;
  canvas.strokeStyle = colors.deviation;
  canvas.strokeRect(left + 0.5, y + 0.5, Math.max(1, right - left - 1), height - 1);
  canvas.font = `600 10px ${fontFamily}`;
  if (canvas.measureText(blame.lost).width + 2 * paddingX > right - left) return;
  canvas.fillStyle = blame.share > 0.5 ? ink : colors.text;
  canvas.textAlign = "left";
  canvas.textBaseline = "middle";
  canvas.fillText(blame.lost, left + paddingX, y + height / 2 + 0.5);
}
