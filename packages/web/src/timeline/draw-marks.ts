/**
 * Starts that a schedule named: faint ticks on the lane; a hollow diamond where none took place. Of a check a band while it was
 * not well, full where it was critical.
 */
import type { Palette } from "@culprit/charts";
import type { Scene } from "./draw.ts";
import { laneHeights, type Lane } from "./lanes.ts";
import type { Incident } from "./marks.ts";
import { toPixel } from "./view.ts";

/** Marks closer than this can't be told apart: the first stands for all. */
const closestTicks = 3;
const closestDiamonds = 6;
const diamond = 5;

type Draw = (
  canvas: CanvasRenderingContext2D,
  times: readonly number[],
  lane: Pick<Lane, "top">,
  scene: Scene,
  plot: number,
  colors: Palette,
) => void;

export const drawExpected: Draw = (canvas, times, { top }, scene, plot, colors) => {
  canvas.fillStyle = colors.quietText;
  canvas.globalAlpha = 0.45;
  for (const x of positions(times, scene, plot, closestTicks))
    canvas.fillRect(Math.round(x), top, 1, laneHeights.row + 2);
  canvas.globalAlpha = 1;
};

export const drawMissed: Draw = (canvas, times, { top }, scene, plot, colors) => {
  const y = top + laneHeights.row / 2 + 0.5;
  canvas.lineWidth = 1.6;
  canvas.strokeStyle = colors.outcomes.failed;
  canvas.fillStyle = colors.background;
  for (const x of positions(times, scene, plot, closestDiamonds)) {
    canvas.beginPath();
    canvas.moveTo(x, y - diamond);
    canvas.lineTo(x + diamond, y);
    canvas.lineTo(x, y + diamond);
    canvas.lineTo(x - diamond, y);
    canvas.closePath();
    canvas.fill();
    canvas.stroke();
  }
  canvas.lineWidth = 1;
};

export function drawIncidents(
  canvas: CanvasRenderingContext2D,
  incidents: readonly Incident[],
  { top }: Pick<Lane, "top">,
  { view, gutter, now, hovered, focused }: Scene,
  plot: number,
  colors: Palette,
): void {
  const height = laneHeights.check - 4;
  for (const incident of incidents) {
    const start = Math.max(incident.start, view.from);
    const end = Math.min(incident.end, view.to, now);
    if (end <= start) continue;
    const color = colors.outcomes[incident.state === "critical" ? "failed" : "lost"];
    const x = gutter + toPixel(view, plot, start);
    const width = Math.max(2, gutter + toPixel(view, plot, end) - x);
    canvas.strokeStyle = canvas.fillStyle = color;
    if (incident.state === "critical") canvas.fillRect(x, top + 2, width, height);
    else canvas.strokeRect(x + 0.5, top + 2.5, Math.max(1, width - 1), height - 1);
    if (incident.key !== hovered && incident.key !== focused) continue;
    canvas.strokeStyle = colors.text;
    canvas.lineWidth = incident.key === focused ? 2 : 1;
    canvas.strokeRect(x - 1, top + 1, width + 2, height + 2);
    canvas.lineWidth = 1;
  }
}

/** Of sorted times in view, on the canvas. */
function* positions(
  times: readonly number[],
  { view, gutter }: Scene,
  plot: number,
  closest: number,
): Generator<number> {
  let last = -Infinity;
  for (const time of times) {
    if (time > view.to) return;
    const x = gutter + toPixel(view, plot, time);
    if (time < view.from || x - last < closest) continue;
    last = x;
    yield x;
  }
}
