/** What the agent would make of an access log: for people who ask why it is not followed. */
import type { AccessLogSettings } from "../settings.ts";
import type { LineFormat } from "./log-line.ts";
import { openLog, type LogFile, type LogRefusal } from "./log-file.ts";
import { tellFormat } from "./told-format.ts";
import { readWrittenFormat, type FormatError } from "./written-format.ts";

export type ExaminedLog =
  | { state: "absent" | "empty" | "unknown" | LogRefusal }
  | ({ state: "bad-format" } & FormatError)
  /** `untimed`: its lines don't tell how long a request took. */
  | { state: "untimed" | "followed"; format: string };

const bytesLookedAt = 64 * 1024;
const linesLookedAt = 50;

export function examineAccessLog({ path, format }: AccessLogSettings): ExaminedLog {
  const written = format === undefined ? null : readWrittenFormat(format);
  if (written && "missing" in written) return { state: "bad-format", ...written };
  const opened = openLog(path);
  if ("absent" in opened) return { state: "absent" };
  if ("refused" in opened) return { state: opened.refused };
  const lines = lastLines(opened.file);
  opened.file.close();
  if (lines.length === 0) return { state: "empty" };
  const told = written ?? tellFormat(lines);
  if (!told || !understandsMost(told, lines)) return { state: "unknown" };
  return { state: told.hasDuration ? "followed" : "untimed", format: told.name };
}

function understandsMost({ parse }: LineFormat, lines: readonly string[]): boolean {
  return lines.filter((line) => parse(line) !== null).length * 2 > lines.length;
}

function lastLines(file: LogFile): string[] {
  const start = Math.max(0, file.size - bytesLookedAt);
  const lines = file.read(start, bytesLookedAt).toString("latin1").split(/\r?\n/);
  // The first may have been cut, what is after the last break is not whole.
  return lines.slice(start === 0 ? 0 : 1, -1).slice(-linesLookedAt);
}
