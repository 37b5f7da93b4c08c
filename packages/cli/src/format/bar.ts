/** Bars and small distributions of block characters. */
import type { Column } from "./table.ts";

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const cells = 12;

/** A bar of each row's part of the largest, where a person looks at it; programs that read the table get none. */
export function barColumns<Row>(
  rows: readonly Row[],
  value: (row: Row) => number,
  { columns }: { columns: number | null },
): Column<Row>[] {
  const most = Math.max(...rows.map(value));
  if (columns === null || !(most > 0)) return [];
  return [{ title: "", cell: (row) => bar(value(row) / most), colour: () => "cyan" }];
}

function bar(part: number): string {
  const filled = Math.max(1, Math.round(Math.min(1, Math.max(0, part)) * cells * 8));
  if (part <= 0) return "";
  return "█".repeat(Math.floor(filled / 8)) + eighths[filled % 8]!;
}

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** One block a count, the taller the more; nothing is a dot. */
export function blocks(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts
    .map((count) => (count > 0 ? levels[Math.ceil((count / most) * levels.length) - 1]! : "·"))
    .join("");
}
