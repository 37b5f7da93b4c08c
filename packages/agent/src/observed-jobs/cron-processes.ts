/** What /proc tells of cron's children: who they are, what they run, and whether they have ended. */
import { readFileSync, statSync } from "node:fs";
import type { Roots } from "../roots.ts";

/** One process now. `exitStatus`: of a zombie, as wait(2) tells it; null while it runs or where the kernel keeps it back. */
export type ProcessNow = {
  name: string;
  parentPid: number;
  startTicks: number;
  ended: boolean;
  exitStatus: number | null;
  /** CPU time of children that were waited for, and page faults of them: any child at all has some. */
  waitedTicks: number;
  waitedFaults: number;
};

/** The columns of proc(5) after the name, which is the second; the state is the first of them. */
const column = (number: number) => number - 3;

/** A whole line of /proc/<pid>/stat; null for anything else. */
export function parseProcessNow(text: string): ProcessNow | null {
  const nameTo = text.lastIndexOf(")");
  const fields = text.slice(nameTo + 2).trimEnd().split(" "); // prettier-ignore
  if (nameTo < 0 || fields.length <= column(22)) return null;
  const number = (index: number) => Number(fields[column(index)]);
  const ended = ["Z", "X", "x"].includes(fields[0]!);
  return {
    name: text.slice(text.indexOf("(") + 1, nameTo),
    parentPid: number(4),
    waitedFaults: number(11),
    waitedTicks: number(16) + number(17),
    startTicks: number(22),
    ended,
    exitStatus: ended && fields.length > column(52) ? number(52) : null,
  };
}

/** Null if there is no such process. */
export function readProcessNow({ proc }: Roots, pid: number): ProcessNow | null {
  try {
    return parseProcessNow(readFileSync(`${proc}/${pid}/stat`, "latin1"));
  } catch {
    return null;
  }
}

/** Null where the process is gone or the kernel was built without this file. */
export function readChildren({ proc }: Roots, pid: number): number[] | null {
  try {
    const text = readFileSync(`${proc}/${pid}/task/${pid}/children`, "latin1");
    return text.split(" ").filter((word) => word !== "").map(Number); // prettier-ignore
  } catch {
    return null;
  }
}

/** The command line of a process; empty for a zombie, within an exec, and where it may not be read. */
export function readArguments({ proc }: Roots, pid: number): string[] {
  try {
    const text = readFileSync(`${proc}/${pid}/cmdline`, "utf8").slice(0, commandLineCharacters);
    return text === "" ? [] : text.replace(/\0+$/, "").split("\0");
  } catch {
    return [];
  }
}

const commandLineCharacters = 16_384;

/** User number of a process; null if it is gone. */
export function readOwner({ proc }: Roots, pid: number): number | null {
  return statSync(`${proc}/${pid}`, { throwIfNoEntry: false })?.uid ?? null;
}

/** A status of wait(2) as a shell tells it: signals are 128 and more. */
export function exitCodeOf(waitStatus: number): number {
  const signal = waitStatus & 0x7f;
  return signal === 0 ? (waitStatus >> 8) & 0xff : 128 + signal;
}
