/**
 * Tables for people: columns by white space, no boxes, fitted to the terminal. Cells come from machines and jobs, so
 * nothing in them may steer the terminal.
 */
import stringWidth from "string-width";
import { paint, type Colour } from "./colour.ts";

export type Column<Row> = {
  title: string;
  cell: (row: Row) => string;
  align?: "right";
  /** May be cut to this many characters when the terminal is narrow; other columns never are. */
  shrinkTo?: number;
  colour?: (row: Row) => Colour | undefined;
};

const gap = 2;

/** Lines of text, without a line break at the end; `columns` null leaves every cell whole. */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: available, colours }: { columns: number | null; colours: boolean },
): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))));
  const natural = columns.map((column, index) =>
    Math.max(stringWidth(column.title), ...cells.map((line) => stringWidth(line[index]!))),
  );
  const widths = available === null ? natural : fit(natural, columns, available);
  const line = (texts: readonly string[], colour: (index: number) => Colour | undefined) =>
    texts
      .map((text, index) => {
        const cut = cutTo(text, widths[index]!);
        const padding = " ".repeat(widths[index]! - stringWidth(cut));
        const shade = colour(index);
        const painted = shade ? paint(colours, shade, cut) : cut;
        return columns[index]!.align === "right" ? padding + painted : painted + padding;
      })
      .join(" ".repeat(gap))
      .trimEnd();
  const titles = columns.map((column) => column.title);
  const body = cells.map((texts, row) => line(texts, (index) => columns[index]!.colour?.(rows[row]!)));
  return [line(titles, () => "dim"), ...body].join("\n");
}

/** Takes the missing characters from the widest column that may shrink, one at a time. */
function fit(natural: readonly number[], columns: readonly Column<never>[], available: number): number[] {
  const widths = [...natural];
  let missing = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available;
  for (; missing > 0; missing--) {
    let widest = -1;
    for (const [index, { shrinkTo }] of columns.entries()) {
      if (shrinkTo === undefined || widths[index]! <= shrinkTo) continue;
      if (widest === -1 || widths[index]! > widths[widest]!) widest = index;
    }
    if (widest === -1) break;
    widths[widest]!--;
  }
  return widths;
}

const graphemes = new Intl.Segmenter();

/** The text, or its beginning and an ellipsis, at most `width` cells wide. */
export function cutTo(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + stringWidth(segment);
    if (next > width - 1) break;
    cut += segment;
    used = next;
  }
  return `${cut}…`;
}

/** Control characters, escape sequences and marks that turn the direction of text become `?`. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "?");
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
