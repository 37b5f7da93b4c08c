/** The stretch of time on the screen. Milliseconds since 1970; pixels count from the left edge of the plot. */
export type View = { from: number; to: number };

const shortest = 10;
const longest = 400 * 86_400_000;

export function toPixel(view: View, width: number, time: number): number {
  return ((time - view.from) / (view.to - view.from)) * width;
}

export function toTime(view: View, width: number, pixel: number): number {
  return view.from + (pixel / width) * (view.to - view.from);
}

/** `factor` below 1 zooms in; the instant `around` keeps its place on the screen. */
export function zoomed(view: View, factor: number, around: number): View {
  const span = view.to - view.from;
  const wanted = Math.min(longest, Math.max(shortest, span * factor));
  const share = (around - view.from) / span;
  const from = around - share * wanted;
  return { from, to: from + wanted };
}

export function panned(view: View, millis: number): View {
  return { from: view.from + millis, to: view.to + millis };
}

/** Moves as little as it takes to have an interval in view, with a tenth of the span around it. */
export function revealed(view: View, start: number, end: number): View {
  const span = view.to - view.from;
  const margin = span * 0.1;
  if (start >= view.from && end <= view.to) return view;
  if (end - start > span - 2 * margin) return { from: start - margin, to: start - margin + span };
  return start < view.from ? panned(view, start - margin - view.from) : panned(view, end + margin - view.to);
}

/**
 * What to ask the hub for, so that small moves of the view need no new answer: the view with half of itself on either
 * side, on a grid of quarters of its (power of two) length.
 */
export function windowToLoad(view: View): View {
  const length = 2 ** Math.ceil(Math.log2(Math.max(1000, view.to - view.from)));
  const grid = length / 4;
  return {
    from: Math.floor((view.from - length / 2) / grid) * grid,
    to: Math.ceil((view.to + length / 2) / grid) * grid,
  };
}
