/** The figures of a machine: now, their last minutes as a line of blocks, and averages. */
import { liveFigures, liveFigureUnits, type LiveFigure } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { liveFigureNames } from "@culprit/messages/live-names";
import { figure as ratio, measured } from "../format/quantity.ts";
import { toWidth, type StyledLine } from "../format/styled-line.ts";
import { sparkline } from "./sparkline.ts";
import type { Watched } from "./watched.ts";

const valueWidth = 11;
const widestName = 20;

/** A narrow terminal keeps the figures and drops the averages, the longest first. */
export function figureLines(machine: Watched, columns: number): StyledLine[] {
  const averages = [
    { title: m.watch_average_1(), seconds: 60 },
    { title: m.watch_average_5(), seconds: 300 },
    { title: m.watch_average_all(), seconds: "all" },
  ] as const;
  const nameWidth = Math.min(
    widestName,
    Math.max(...liveFigures.map((figure) => liveFigureNames[figure]().length)),
  );
  const fixed = nameWidth + valueWidth + 2;
  const shown = averages.filter((_, index) => columns - fixed - (index + 1) * valueWidth >= 12);
  const width = Math.max(0, Math.min(60, columns - fixed - shown.length * valueWidth - 1));
  const header = [
    toWidth("", nameWidth),
    toWidth(m.watch_now(), valueWidth, "right"),
    " ".repeat(width + 2),
    ...shown.map((average) => toWidth(average.title, valueWidth, "right")),
  ].join("");
  return [
    [{ text: header, colour: "dim" }],
    ...liveFigures.map((figure): StyledLine => {
      const values = machine.values(figure, Math.max(1, width));
      const now = values.at(-1) ?? null;
      return [
        toWidth(liveFigureNames[figure](), nameWidth),
        { text: toWidth(figureText(figure, now), valueWidth, "right"), colour: careOf(figure, now) },
        "  ",
        { text: width > 0 ? sparkline(values, width, mostOf(figure)) : "", colour: "cyan" },
        ...shown.map(({ seconds }) =>
          toWidth(figureText(figure, machine.average(figure, seconds)), valueWidth, "right"),
        ),
      ];
    }),
  ];
}

/** Loads are no shares, though they have no unit either. */
export function figureText(figure: LiveFigure, value: number | null): string {
  if (figure !== "loadOneMinute") return measured(value, liveFigureUnits[figure]);
  return value === null ? measured(null, "1") : ratio(value);
}

/** Shares are drawn against all, amounts against the largest of them. */
function mostOf(figure: LiveFigure): number {
  if (figure === "loadOneMinute") return 1;
  return liveFigureUnits[figure] === "1" ? 1 : 0;
}

const careful: Partial<Record<LiveFigure, number>> = {
  cpuShare: 0.9,
  memoryShare: 0.9,
  swapShare: 0.5,
  pressureShare: 0.2,
  diskBusyShare: 0.9,
  fileSystemShare: 0.9,
};

/** The number itself says it; the colour only makes it easier to find. */
function careOf(figure: LiveFigure, value: number | null) {
  const limit = careful[figure];
  return limit !== undefined && value !== null && value >= limit ? "yellow" : undefined;
}
