/** A line without axes for a cell of a table, as the `d` of an SVG path; gaps are gaps. */
export function sparklinePath(
  values: readonly (number | null)[],
  width: number,
  height: number,
  max: number,
): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let path = "";
  let open = false;
  for (const [index, value] of values.entries()) {
    if (value === null || Number.isNaN(value)) {
      open = false;
      continue;
    }
    const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
    path += `${open ? "L" : "M"}${round(index * step)} ${round(height - share * height)}`;
    open = true;
  }
  return path;
}

const round = (value: number) => Math.round(value * 10) / 10;
