import { sparklinePath } from "@culprit/charts";

const width = 96;
const height = 22;

/** A line of the last hour in a cell; the number beside it carries the meaning. */
export function Sparkline({ values, max }: { values: readonly (number | null)[]; max: number }) {
  return (
    <svg
      className="sparkline"
      viewBox={`0 -1 ${width} ${height + 2}`}
      width={width}
      height={height}
      aria-hidden="true"
    >
      <line x1="0" x2={width} y1={height} y2={height} className="sparkline-base" />
      <path d={sparklinePath(values, width, height, max)} />
    </svg>
  );
}
