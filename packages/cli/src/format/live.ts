/** A machine at this moment, for `culprit status`. */
import { figuresOf, fullness, liveFigures, type LiveStatus } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { liveFigureNames } from "@culprit/messages/live-names";
import { figureText } from "../live/draw-figures.ts";
import { processLines } from "../live/draw-processes.ts";
import type { Terminal } from "../terminal.ts";
import { paint } from "./colour.ts";
import { bytes, count, duration, figure as ratio, measured, share } from "./quantity.ts";
import { paintLine } from "./styled-line.ts";
import { formatTable } from "./table.ts";

const processRows = 8;
const usualWidth = 100;

export function formatLive(status: LiveStatus, terminal: Terminal): string {
  const { colours, columns } = terminal;
  const width = columns ?? usualWidth;
  const table = (rows: readonly (readonly string[])[]) =>
    rows.length === 0
      ? []
      : [
          formatTable(
            rows[0]!.map((_, index) => ({
              title: "",
              cell: (row: readonly string[]) => row[index]!,
              shrinkTo: 8,
            })),
            rows,
            terminal,
          ).trimStart(),
        ];
  return [
    paint(colours, "bold", m.status_now({ span: duration(status.spanSeconds) })),
    ...table(facts(status)),
    "",
    ...table(disks(status)),
    ...processLines(status.osProcesses, "cpu", width, processRows).map((line) =>
      paintLine(line, width, colours),
    ),
  ].join("\n");
}

function facts(status: LiveStatus): string[][] {
  const { load, uptimeSeconds, logins, memory } = status;
  const figures = figuresOf(status);
  return [
    ...liveFigures
      .filter((figure) => figure !== "loadOneMinute" && figures[figure] !== null)
      .map((figure) => [liveFigureNames[figure](), figureText(figure, figures[figure])]),
    ...(memory ? [[m.live_memory_of(), `${bytes(memory.usedBytes)} / ${bytes(memory.totalBytes)}`]] : []),
    ...(load
      ? [[m.live_loads(), [load.oneMinute, load.fiveMinutes, load.fifteenMinutes].map(ratio).join("  ")]]
      : []),
    ...(uptimeSeconds === null ? [] : [[m.live_uptime(), duration(uptimeSeconds)]]),
    ...(logins ? [[m.live_logins(), count(logins.users)]] : []),
  ];
}

function disks({ disks: all, fileSystems }: LiveStatus): string[][] {
  const lines = [
    ...(fileSystems ?? []).map((one) => [
      one.mountPoint,
      share(fullness(one)),
      m.live_free({ free: bytes(one.freeBytes) }),
    ]),
    ...(all ?? []).map((disk) => [
      disk.name,
      share(disk.busyShare),
      m.live_disk_traffic({
        read: measured(disk.readBytesPerSecond, "By/s"),
        written: measured(disk.writeBytesPerSecond, "By/s"),
      }),
    ]),
  ];
  return lines.length === 0 ? [] : [...lines, ["", "", ""]];
}
