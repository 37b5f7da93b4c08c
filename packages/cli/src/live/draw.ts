/** The live view as lines for a terminal of any size: figures with their last minutes, then the processes that fit. */
import { m } from "@culprit/messages";
import { duration, localTime } from "../format/quantity.ts";
import { paintLine, toWidth, type StyledLine } from "../format/styled-line.ts";
import { figureLines } from "./draw-figures.ts";
import { processLines } from "./draw-processes.ts";
import type { Sorting } from "./keys.ts";
import type { Watched } from "./watched.ts";

export type View = {
  machines: readonly Watched[];
  /** Which of them is shown. */
  shown: number;
  paused: boolean;
  help: boolean;
  sorting: Sorting;
  timeZone: string;
};

/** Narrower, and there is no room for the day. */
const widthOfDay = 70;

export type Size = { columns: number; rows: number; colours: boolean };

export function drawView(view: View, { columns, rows, colours }: Size): string[] {
  const machine = view.machines[view.shown]!;
  const head = [title(view, machine, columns), ...trouble(machine, view.timeZone)];
  const foot = [footer(view)];
  const body = view.help ? help() : bodyOf(machine, view, columns, rows - head.length - foot.length);
  const room = Math.max(0, rows - head.length - foot.length);
  const middle = body.slice(0, room);
  while (middle.length < room) middle.push([]);
  return [...head, ...middle, ...foot].map((line) => paintLine(line, columns, colours));
}

function title({ machines, shown, paused, timeZone }: View, machine: Watched, columns: number): StyledLine {
  const { status } = machine;
  const facts = [
    ...(machines.length > 1 ? [`${shown + 1}/${machines.length}`] : []),
    ...(status?.uptimeSeconds == null ? [] : [m.watch_up({ uptime: duration(status.uptimeSeconds) })]),
    ...(status?.logins ? [m.watch_users({ count: status.logins.users })] : []),
    ...(status ? [`${timeShown(status.at, timeZone, columns)} ${timeZone}`] : []),
  ].join("  ");
  const left = `${status?.machine ?? machine.name} `;
  const right = paused ? ` ${m.watch_paused()}` : "";
  const middle = paused
    ? toWidth(` ${facts}`, Math.max(0, columns - left.length - right.length))
    : ` ${facts}`;
  return [
    { text: left, colour: "bold" },
    { text: middle, colour: "dim" },
    { text: right, colour: "yellow" },
  ];
}

function timeShown(at: string, timeZone: string, columns: number): string {
  const time = localTime(at, timeZone);
  return columns < widthOfDay ? time.slice(time.indexOf(" ") + 1) : time;
}

function trouble({ trouble: reason, status }: Watched, timeZone: string): StyledLine[] {
  if (reason === null) return [];
  const text = status ? m.watch_trouble_since({ time: localTime(status.at, timeZone), reason }) : reason;
  return [[{ text, colour: "red" }]];
}

function bodyOf(machine: Watched, view: View, columns: number, room: number): StyledLine[] {
  if (!machine.status) return machine.trouble ? [] : [[m.watch_asking()]];
  const figures = figureLines(machine, columns);
  const processRows = Math.max(0, room - figures.length - 2);
  if (processRows < 1) return figures;
  return [...figures, [], ...processLines(machine.status.osProcesses, view.sorting, columns, processRows)];
}

const sortingNames: Record<Sorting, () => string> = {
  cpu: m.watch_sort_cpu,
  memory: m.watch_sort_memory,
  io: m.watch_sort_io,
  name: m.watch_sort_name,
};

function footer({ machines, paused, sorting, help: isOpen }: View): StyledLine {
  const keys = [
    `q ${m.watch_key_quit()}`,
    `p ${paused ? m.watch_key_go_on() : m.watch_key_pause()}`,
    `s ${m.watch_key_sort({ by: sortingNames[sorting]() })}`,
    ...(machines.length > 1 ? [`←→ ${m.watch_key_machine()}`] : []),
    `? ${isOpen ? m.watch_key_back() : m.watch_key_help()}`,
  ];
  return [{ text: keys.join("   "), colour: "dim" }];
}

function help(): StyledLine[] {
  return m
    .watch_help()
    .split("\n")
    .map((line) => [line]);
}
