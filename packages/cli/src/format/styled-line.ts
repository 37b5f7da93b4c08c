/** A line made of parts that are coloured; cut to cells of the terminal before anything is painted. */
import stringWidth from "string-width";
import { paint, type Colour } from "./colour.ts";
import { cutTo, printable } from "./table.ts";

export type Part = string | { text: string; colour?: Colour | undefined };
export type StyledLine = readonly Part[];

/** At most `width` cells; what machines say can't steer the terminal. */
export function paintLine(line: StyledLine, width: number, colours: boolean): string {
  let left = width;
  let painted = "";
  for (const part of line) {
    if (left <= 0) break;
    const { text, colour } = typeof part === "string" ? { text: part } : part;
    const cut = cutTo(printable(text), left);
    left -= stringWidth(cut);
    painted += colour ? paint(colours, colour, cut) : cut;
  }
  return painted;
}

/** To so many cells, cut or filled with spaces. */
export function toWidth(text: string, width: number, align: "left" | "right" = "left"): string {
  const cut = cutTo(printable(text), width);
  const padding = " ".repeat(Math.max(0, width - stringWidth(cut)));
  return align === "left" ? cut + padding : padding + cut;
}
