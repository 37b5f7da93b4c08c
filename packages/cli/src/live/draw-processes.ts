/** The processes of a machine's last look, as many as fit. */
import type { LiveOsProcess, LiveStatus } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { bytes, count, measured, share } from "../format/quantity.ts";
import { toWidth, type StyledLine } from "../format/styled-line.ts";
import type { Sorting } from "./keys.ts";

export function processLines(
  processes: LiveStatus["osProcesses"] | undefined,
  sorting: Sorting,
  columns: number,
  rows: number,
): StyledLine[] {
  if (!processes) return [];
  const rest = Math.max(8, columns - 8 - 13 - 9 - 11 - 2);
  const wide = columns >= 76;
  // Where one of them has room, it is the one that they are sorted by.
  const withMemory = wide || sorting !== "io";
  const line = (cells: {
    pid: string;
    user: string;
    cpu: string;
    memory: string;
    io: string;
    name: string;
  }) =>
    toWidth(cells.pid, 8, "right") +
    `  ${toWidth(cells.user, 11)}` +
    toWidth(cells.cpu, 9, "right") +
    (withMemory ? toWidth(cells.memory, 11, "right") : "") +
    (wide ? toWidth(cells.io, 13, "right") : withMemory ? "" : toWidth(cells.io, 11, "right")) +
    `  ${toWidth(cells.name, wide ? rest - 13 : rest)}`;
  const header = line({
    pid: m.watch_col_pid(),
    user: m.cmd_col_user(),
    cpu: m.cmd_col_cpu(),
    memory: m.cmd_col_memory(),
    io: m.watch_col_io(),
    name: m.watch_col_processes({ count: count(processes.count) }),
  });
  return [
    [{ text: header.trimEnd(), colour: "dim" }],
    ...inOrder(processes.top, sorting)
      .slice(0, rows)
      .map((row): StyledLine => [
        line({
          pid: String(row.pid),
          user: row.user,
          cpu: share(row.cpuPercent / 100),
          memory: bytes(row.rssBytes),
          io: measured(ioOf(row), "By/s"),
          name: row.name,
        }).trimEnd(),
      ]),
  ];
}

const ioOf = ({ ioReadBytesPerSecond, ioWriteBytesPerSecond }: LiveOsProcess): number | null =>
  ioReadBytesPerSecond === null && ioWriteBytesPerSecond === null
    ? null
    : (ioReadBytesPerSecond ?? 0) + (ioWriteBytesPerSecond ?? 0);

function inOrder(rows: readonly LiveOsProcess[], sorting: Sorting): LiveOsProcess[] {
  switch (sorting) {
    case "cpu":
      return rows.toSorted((one, other) => other.cpuPercent - one.cpuPercent);
    case "memory":
      return rows.toSorted((one, other) => other.rssBytes - one.rssBytes);
    case "io":
      return rows.toSorted((one, other) => (ioOf(other) ?? -1) - (ioOf(one) ?? -1));
    case "name":
      return rows.toSorted((one, other) => one.name.localeCompare(other.name));
    default:
      return sorting satisfies never;
  }
}
