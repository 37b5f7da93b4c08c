/**
 * Draws the scene in the next frame after it was asked to. The first picture of new lanes takes longest, as nothing is warm: it is
 * drawn aside, in pieces over several frames, and shown when it is whole. Later ones fit into one frame.
 */
import { useCallback, useEffect, useRef } from "react";
import { drawingSteps, type Scene } from "./draw.ts";
import type { Lane } from "./lanes.ts";
import { measured } from "./measured.ts";
import { takeSlice } from "./slices.ts";

/** Of a frame for pieces; one piece more may come on top. */
const sliceMillis = 4;

type Context = Parameters<typeof drawingSteps>[2];
type Begun = { scene: Scene; aside: HTMLCanvasElement; steps: Iterator<unknown> };

export function useRedraw(
  canvas: { current: HTMLCanvasElement | null },
  scene: { current: Scene | undefined },
  context: Context,
): () => void {
  const frame = useRef(0);
  const latest = useRef(context);
  const begun = useRef<Begun>(undefined);
  const shown = useRef<readonly Lane[]>(undefined);
  useEffect(() => {
    latest.current = context;
  }, [context]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return useCallback(() => {
    const draw = () => {
      const element = canvas.current;
      const now = scene.current;
      if (!element || !now || now.width === 0) return;
      if (shown.current === now.lanes) return drawWhole(element, now, latest.current);
      // What is hovered, or where the clock is, is drawn once the lanes are there.
      if (begun.current?.scene.lanes !== now.lanes) begun.current = begin(now, latest.current);
      const { aside, steps, scene: drawn } = begun.current ?? {};
      if (!aside || !steps || !drawn) return;
      let done = false;
      measured("timeline-draw", () => {
        done = takeSlice(steps, sliceMillis);
        if (done) show(element, aside, drawn);
      });
      if (done) {
        begun.current = undefined;
        shown.current = now.lanes;
      }
      if (!done || drawn !== now) frame.current = requestAnimationFrame(draw);
    };
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(draw);
  }, [canvas, scene]);
}

function begin(scene: Scene, context: Context): Begun | undefined {
  const aside = document.createElement("canvas");
  fit(aside, scene);
  const pen = aside.getContext("2d");
  return pen ? { scene, aside, steps: drawingSteps(pen, scene, context) } : undefined;
}

function show(element: HTMLCanvasElement, aside: HTMLCanvasElement, scene: Scene): void {
  fit(element, scene);
  const pen = element.getContext("2d");
  if (!pen) return;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, element.width, element.height);
  pen.drawImage(aside, 0, 0);
}

function drawWhole(element: HTMLCanvasElement, scene: Scene, context: Context): void {
  fit(element, scene);
  const pen = element.getContext("2d");
  if (pen) measured("timeline-draw", () => void takeSlice(drawingSteps(pen, scene, context), Infinity));
}

/** Sets the size in device pixels only when it changed: setting it clears the canvas and costs a layout. */
function fit(element: HTMLCanvasElement, { width, height, density }: Scene): void {
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (element.width !== wide) element.width = wide;
  if (element.height !== high) element.height = high;
}
