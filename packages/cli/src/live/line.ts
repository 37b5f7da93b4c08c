/** A look as one line, for logs and for terminals that can't be drawn on. */
import { figuresOf, type LiveFigure, type LiveStatus } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { localTime } from "../format/quantity.ts";
import { printable } from "../format/table.ts";
import { figureText } from "./draw-figures.ts";

export function lookLine(status: LiveStatus, timeZone: string): string {
  const figures = figuresOf(status);
  const text = (figure: LiveFigure) => figureText(figure, figures[figure]);
  return m.watch_line({
    time: localTime(status.at, timeZone),
    machine: printable(status.machine),
    cpu: text("cpuShare"),
    memory: text("memoryShare"),
    load: text("loadOneMinute"),
    pressure: text("pressureShare"),
    disk: text("diskBusyShare"),
    read: text("diskReadBytesPerSecond"),
    written: text("diskWriteBytesPerSecond"),
    received: text("networkReceiveBytesPerSecond"),
    sent: text("networkTransmitBytesPerSecond"),
  });
}
