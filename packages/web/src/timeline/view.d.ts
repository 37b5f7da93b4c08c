/** The stretch of time on the screen. Milliseconds since 1970; pixels count from the left edge of the plot. */
export type View = {
  from: number;
  to: number;
};
export declare function toPixel(view: View, width: number, time: number): number;
export declare function toTime(view: View, width: number, pixel: number): number;
/** `factor` below 1 zooms in; the instant `around` keeps its place on the screen. */
export declare function zoomed(view: View, factor: number, around: number): View;
export declare function panned(view: View, millis: number): View;
/** Moves as little as it takes to have an interval in view, with a tenth of the span around it. */
export declare function revealed(view: View, start: number, end: number): View;
/**
 * What to ask the hub for, so that small moves of the view need no new answer: the view with half of itself on either
 * side, on a grid of quarters of its (power of two) length.
 */
export declare function windowToLoad(view: View): View;
