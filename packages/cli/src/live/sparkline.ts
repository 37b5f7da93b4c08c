const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** One block a value, of `most` or of their own largest where that is more; a gap is a space. The newest stands right. */
export function sparkline(values: readonly (number | null)[], width: number, most = 0): string {
  const shown = values.slice(-width);
  const top = Math.max(most, ...shown.map((value) => value ?? 0));
  const blocks = shown.map((value) => {
    if (value === null) return " ";
    const level = top > 0 ? Math.min(levels.length - 1, Math.floor((value / top) * levels.length)) : 0;
    return levels[Math.max(0, level)]!;
  });
  return blocks.join("").padStart(width);
}
