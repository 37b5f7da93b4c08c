/** Draws one frame of the timeline. Knows nothing of events or React; all positions come from the pure parts. */
import { fontFamily, palette, tickLabel, timeTicks, type ChartContext, type Palette } from "@culprit/charts";
import { barsOf, type Bar } from "./bars.ts";
import { concurrency, type Busy } from "./heat.ts";
import { drawBlame } from "./draw-blame.ts";
import { drawGroup } from "./draw-group.ts";
import { drawExpected, drawIncidents, drawMissed } from "./draw-marks.ts";
import { rowHeight, type Lane } from "./lanes.ts";
import { toPixel, type View } from "./view.ts";

export type Scene = {
  lanes: readonly Lane[];
  busy: Busy;
  view: View;
  /** CSS pixels of the whole canvas. */
  width: number;
  height: number;
  /** Device pixels per CSS pixel. */
  density: number;
  /** Room for lane names on the left and nothing on the right. */
  gutter: number;
  rightMargin: number;
  scrollTop: number;
  now: number;
  hovered: string | undefined;
  focused: string | undefined;
  selection: View | undefined;
  /** An interval to shade, e.g. the run that the page is about. */
  shaded: View | undefined;
  /** An instant to mark. */
  instant: number | undefined;
};

/** A click left of this on a lane's name opens or closes its steps. */
export const turnerWidth = 18;
export const axisHeight = 26;
export const heatHeight = 10;
export const topHeight = axisHeight + heatHeight;

/** After each step the canvas is as the next one wants it, whatever is done in between but to draw on it. */
export function* drawingSteps(
  canvas: CanvasRenderingContext2D,
  scene: Scene,
  context: ChartContext,
): Generator<undefined, void> {
  const colors = palette(context.theme);
  const plot = scene.width - scene.gutter - scene.rightMargin;
  canvas.setTransform(scene.density, 0, 0, scene.density, 0, 0);
  canvas.clearRect(0, 0, scene.width, scene.height);
  if (plot <= 0) return;
  drawTicks(canvas, scene, plot, colors, context);
  yield;
  drawHeat(canvas, scene, plot, colors);
  yield;
  const hatch = hatching(canvas, colors);
  for (const lane of scene.lanes) {
    if (lane.top + lane.height < scene.scrollTop) continue;
    if (lane.top > scene.scrollTop + scene.height) break;
    canvas.save();
    canvas.beginPath();
    canvas.rect(0, topHeight, scene.width, scene.height - topHeight);
    canvas.clip();
    canvas.translate(0, topHeight - scene.scrollTop);
    drawLane(canvas, lane, scene, plot, colors, hatch);
    canvas.restore();
    yield;
  }
  drawSpans(canvas, scene, plot, colors);
}

function drawTicks(
  canvas: CanvasRenderingContext2D,
  { view, gutter, height }: Scene,
  plot: number,
  colors: Palette,
  context: ChartContext,
): void {
  const { times, stepMillis } = timeTicks(
    view.from,
    view.to,
    context.zone,
    Math.max(2, Math.floor(plot / 90)),
  );
  canvas.font = `11px ${fontFamily}`;
  canvas.textBaseline = "middle";
  canvas.textAlign = "left";
  for (const time of times) {
    const x = Math.round(gutter + toPixel(view, plot, time)) + 0.5;
    canvas.strokeStyle = colors.grid;
    canvas.beginPath();
    canvas.moveTo(x, 4);
    canvas.lineTo(x, height);
    canvas.stroke();
    canvas.fillStyle = colors.quietText;
    const label = tickLabel(time, stepMillis, context.zone, context.locale);
    if (x + 4 + canvas.measureText(label).width <= gutter + plot + 14)
      canvas.fillText(label, x + 4, axisHeight / 2);
  }
}

function drawHeat(canvas: CanvasRenderingContext2D, scene: Scene, plot: number, colors: Palette): void {
  const { busy, view, gutter, now } = scene;
  const column = 3;
  const heat = concurrency(busy, view, Math.ceil(plot / column), now);
  let highest = 1;
  for (const value of heat) highest = Math.max(highest, value);
  canvas.fillStyle = colors.accent;
  for (const [index, value] of heat.entries()) {
    if (value <= 0.001) continue;
    canvas.globalAlpha = 0.12 + 0.88 * (value / highest);
    canvas.fillRect(
      gutter + index * column,
      axisHeight,
      Math.min(column, plot - index * column),
      heatHeight - 3,
    );
  }
  canvas.globalAlpha = 1;
}

function drawLane(
  canvas: CanvasRenderingContext2D,
  lane: Lane,
  scene: Scene,
  plot: number,
  colors: Palette,
  hatch: CanvasPattern | null,
): void {
  drawLabel(canvas, lane, scene, colors);
  if (lane.kind === "machine") return;
  const height = rowHeight(lane) - 3;
  canvas.save();
  canvas.beginPath();
  canvas.rect(scene.gutter, lane.top, plot, lane.height);
  canvas.clip();
  if (lane.incidents) drawIncidents(canvas, lane.incidents, lane, scene, plot, colors);
  if (lane.marks) drawExpected(canvas, lane.marks.expected, lane, scene, plot, colors);
  for (const [index, row] of lane.rows.entries()) {
    const y = lane.top + index * rowHeight(lane) + 2;
    for (const bar of barsOf(row, scene.view, plot, scene.now)) {
      const x = scene.gutter + bar.x;
      if (bar.run.group) drawGroup(canvas, bar, x, y, height, scene, colors);
      else drawBar(canvas, bar, x, y, height, scene, colors, hatch);
    }
  }
  if (lane.marks) drawMissed(canvas, lane.marks.missed, lane, scene, plot, colors);
  canvas.restore();
}

function drawLabel(
  canvas: CanvasRenderingContext2D,
  lane: Lane,
  { gutter, width }: Scene,
  colors: Palette,
): void {
  const heading = lane.kind === "machine";
  if (heading) {
    canvas.fillStyle = colors.grid;
    canvas.fillRect(0, lane.top + 2, width, lane.height - 4);
  }
  if (gutter < 40) return;
  const indent = { machine: 6, check: 18, process: 18, step: 30 }[lane.kind];
  const small = lane.kind === "step" || lane.kind === "check";
  const size = small ? 10 : 12;
  canvas.font = `${heading ? "600 " : ""}${size}px ${fontFamily}`;
  canvas.fillStyle = small ? colors.quietText : colors.text;
  canvas.textAlign = "left";
  canvas.textBaseline = "middle";
  const middle = heading ? lane.top + lane.height / 2 : lane.top + rowHeight(lane) / 2 + 1;
  const room = (heading ? Math.max(gutter, 160) : gutter) - indent - 8;
  canvas.fillText(shortened(canvas, lane.label, room), indent, middle);
  if (lane.steps) drawTurner(canvas, lane.steps, middle, colors);
}

/** Right: the lane's steps are hidden; down: they stand below it. */
function drawTurner(
  canvas: CanvasRenderingContext2D,
  steps: "shown" | "hidden",
  middle: number,
  colors: Palette,
): void {
  canvas.fillStyle = colors.quietText;
  canvas.beginPath();
  if (steps === "shown") {
    canvas.moveTo(4, middle - 2.5);
    canvas.lineTo(13, middle - 2.5);
    canvas.lineTo(8.5, middle + 3.5);
  } else {
    canvas.moveTo(6, middle - 4.5);
    canvas.lineTo(12, middle);
    canvas.lineTo(6, middle + 4.5);
  }
  canvas.fill();
}

function drawBar(
  canvas: CanvasRenderingContext2D,
  bar: Bar,
  x: number,
  y: number,
  height: number,
  scene: Scene,
  colors: Palette,
  hatch: CanvasPattern | null,
): void {
  const color = colors.outcomes[bar.outcome];
  canvas.fillStyle = color;
  if (bar.outcome === "lost") {
    canvas.strokeStyle = color;
    canvas.setLineDash([2, 2]);
    canvas.strokeRect(x + 0.5, y + 0.5, Math.max(3, bar.width - 1), height - 1);
    canvas.setLineDash([]);
  } else {
    canvas.fillRect(x, y, bar.width, height);
  }
  if (bar.normalX !== undefined && hatch) {
    const from = x - bar.x + bar.normalX;
    const beyond = x + bar.width - from;
    if (beyond > 0.5) {
      canvas.fillStyle = hatch;
      canvas.fillRect(from, y, beyond, height);
    }
  }
  drawBlame(canvas, bar, x, y, height, scene, colors);
  drawEnding(canvas, bar, x, y, height, colors);
  if (bar.deviation) drawDeviation(canvas, bar, x, y, height, colors);
  if (scene.hovered === bar.run.key || scene.focused === bar.run.key) {
    canvas.strokeStyle = colors.text;
    canvas.lineWidth = scene.focused === bar.run.key ? 2 : 1;
    canvas.strokeRect(x - 1, y - 1, bar.width + 2, height + 2);
    canvas.lineWidth = 1;
  }
}

/** The shape that tells outcomes apart without colour, once there is room for it. */
function drawEnding(
  canvas: CanvasRenderingContext2D,
  bar: Bar,
  x: number,
  y: number,
  height: number,
  colors: Palette,
): void {
  const right = x + bar.width;
  if (bar.outcome === "running") {
    canvas.fillStyle = colors.outcomes.running;
    canvas.beginPath();
    canvas.moveTo(right, y);
    canvas.lineTo(right + height / 2, y + height / 2);
    canvas.lineTo(right, y + height);
    canvas.fill();
    return;
  }
  if (bar.width < 10 || (bar.outcome !== "failed" && bar.outcome !== "timeout")) return;
  const middle = y + height / 2;
  const reach = Math.min(3.5, height / 2 - 2);
  canvas.strokeStyle = "#ffffff";
  canvas.lineWidth = 1.6;
  canvas.beginPath();
  const centre = right - reach - 3;
  if (bar.outcome === "failed") {
    canvas.moveTo(centre - reach, middle - reach);
    canvas.lineTo(centre + reach, middle + reach);
    canvas.moveTo(centre + reach, middle - reach);
    canvas.lineTo(centre - reach, middle + reach);
  } else {
    canvas.moveTo(centre, middle - reach);
    canvas.lineTo(centre, middle + reach);
  }
  canvas.stroke();
  canvas.lineWidth = 1;
}

/** A triangle at the end of the bar: up for slow, down for fast. */
function drawDeviation(
  canvas: CanvasRenderingContext2D,
  bar: Bar,
  x: number,
  y: number,
  height: number,
  colors: Palette,
): void {
  const right = x + bar.width;
  const size = Math.min(7, height / 2 + 2);
  const [tip, foot] =
    bar.deviation === "slow" ? [y - 2, y + size - 2] : [y + height + 1, y + height - size + 1];
  canvas.fillStyle = colors.deviation;
  canvas.strokeStyle = colors.background;
  canvas.beginPath();
  canvas.moveTo(right, tip);
  canvas.lineTo(right + size * 0.7, foot);
  canvas.lineTo(right - size * 0.7, foot);
  canvas.closePath();
  canvas.fill();
  canvas.stroke();
}

function drawSpans(canvas: CanvasRenderingContext2D, scene: Scene, plot: number, colors: Palette): void {
  const { view, gutter, height, instant, selection, shaded, now } = scene;
  canvas.save();
  canvas.beginPath();
  canvas.rect(gutter, 0, plot, height);
  canvas.clip();
  const shade = (span: View, color: string, opacity: number) => {
    const x = gutter + toPixel(view, plot, span.from);
    const width = toPixel(view, plot, span.to) - toPixel(view, plot, span.from);
    canvas.globalAlpha = opacity;
    canvas.fillStyle = color;
    canvas.fillRect(x, axisHeight, width, height - axisHeight);
    canvas.globalAlpha = 1;
    canvas.strokeStyle = color;
    canvas.strokeRect(x + 0.5, axisHeight, width, height);
  };
  if (shaded) shade(shaded, colors.deviation, 0.1);
  if (selection) shade(selection, colors.accent, 0.14);
  const rule = (time: number, color: string, dash: number[]) => {
    const x = Math.round(gutter + toPixel(view, plot, time)) + 0.5;
    canvas.strokeStyle = color;
    canvas.setLineDash(dash);
    canvas.beginPath();
    canvas.moveTo(x, axisHeight);
    canvas.lineTo(x, height);
    canvas.stroke();
    canvas.setLineDash([]);
  };
  if (now >= view.from && now <= view.to) rule(now, colors.quietText, [3, 3]);
  if (instant !== undefined) rule(instant, colors.accent, []);
  canvas.restore();
}

const hatches = new Map<string, CanvasPattern | null>();

function hatching(canvas: CanvasRenderingContext2D, colors: Palette): CanvasPattern | null {
  const known = hatches.get(colors.deviation + colors.background);
  if (known !== undefined) return known;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  if (!pen) return null;
  pen.fillStyle = colors.deviation;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = colors.background;
  pen.lineWidth = 1.4;
  pen.beginPath();
  for (const offset of [-6, 0, 6]) {
    pen.moveTo(offset, 6);
    pen.lineTo(offset + 6, 0);
  }
  pen.stroke();
  const pattern = canvas.createPattern(tile, "repeat");
  hatches.set(colors.deviation + colors.background, pattern);
  return pattern;
}

const shortNames = new Map<string, string>();

/** Measuring text is the dearest thing on a canvas, so each cut is made once. */
function shortened(canvas: CanvasRenderingContext2D, text: string, room: number): string {
  const key = `${canvas.font} ${Math.floor(room)} ${text}`;
  const known = shortNames.get(key);
  if (known !== undefined) return known;
  const short = canvas.measureText(text).width <= room ? text : cut(canvas, text, room);
  if (shortNames.size > 2000) shortNames.clear();
  shortNames.set(key, short);
  return short;
}

/** As much of a text as there is room for, at least one letter. */
function cut(canvas: CanvasRenderingContext2D, text: string, room: number): string {
  let fits = 1;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (canvas.measureText(`${text.slice(0, middle)}…`).width <= room) fits = middle;
    else tooLong = middle;
  }
  return `${text.slice(0, fits)}…`;
}
