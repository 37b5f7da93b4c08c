/** Pointer and wheel on the timeline, as what they mean. Pixels are relative to the element. */
export type Point = { x: number; y: number };

export type Gestures = {
  hover(point: Point | undefined): void;
  click(point: Point): void;
  /** By so many pixels since the last call. */
  pan(dx: number, dy: number): void;
  zoom(factor: number, x: number): void;
  /** A span is being drawn out between two positions; `done` when the pointer was let go. */
  select(fromX: number, toX: number, done: boolean): void;
};

const clickReach = 4;

/** Listens until the returned function is called. `wheel` off leaves the wheel to the page. */
export function listen(element: HTMLElement, gestures: Gestures, { wheel }: { wheel: boolean }): () => void {
  const pointers = new Map<number, Point>();
  let origin: Point | undefined;
  let moved = false;
  let selecting = false;
  const at = (event: PointerEvent | WheelEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    origin = at(event);
    moved = false;
    selecting = event.shiftKey;
  };
  const move = (event: PointerEvent) => {
    const point = at(event);
    const before = pointers.get(event.pointerId);
    if (!before || !origin) return gestures.hover(point);
    if (Math.hypot(point.x - origin.x, point.y - origin.y) > clickReach) moved = true;
    if (pointers.size === 2) pinch(pointers, event.pointerId, point, gestures);
    else if (selecting) gestures.select(origin.x, point.x, false);
    else if (moved) gestures.pan(point.x - before.x, point.y - before.y);
    pointers.set(event.pointerId, point);
    return undefined;
  };
  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId) || !origin) return;
    const point = at(event);
    if (selecting && moved) gestures.select(origin.x, point.x, true);
    else if (!moved && pointers.size === 0) gestures.click(point);
    if (pointers.size === 0) origin = undefined;
  };
  const cancel = (event: PointerEvent) => pointers.delete(event.pointerId);
  const leave = () => gestures.hover(undefined);
  const turn = (event: WheelEvent) => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.shiftKey) return gestures.pan(0, -(event.deltaY || event.deltaX) * pixels);
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return gestures.pan(-event.deltaX * pixels, 0);
    return gestures.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY * pixels * 0.002))), at(event).x);
  };
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", cancel);
  element.addEventListener("pointerleave", leave);
  if (wheel) element.addEventListener("wheel", turn, { passive: false });
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", cancel);
    element.removeEventListener("pointerleave", leave);
    element.removeEventListener("wheel", turn);
  };
}

function pinch(pointers: ReadonlyMap<number, Point>, id: number, point: Point, gestures: Gestures): void {
  const before = pointers.get(id);
  const other = [...pointers].find(([one]) => one !== id)?.[1];
  if (!before || !other) return;
  const apart = Math.abs(point.x - other.x);
  const wasApart = Math.abs(before.x - other.x);
  if (apart > 8 && wasApart > 8) gestures.zoom(wasApart / apart, (point.x + other.x) / 2);
}
