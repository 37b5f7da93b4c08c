/** The format of an access log as its first lines tell it: JSON, or common or combined with what was added behind. */
import { readJsonFormat } from "./json-lines.ts";
import { splitRequest, statusOf, unreadable, type LineFormat } from "./log-line.ts";
import { parseClfTime, rememberingLast } from "./log-time.ts";
import { durationOf } from "./written-format.ts";

/** Host, user and the like; time, request, status, size; perhaps referrer and user agent; the rest. */
const combined =
  /^[^[]{1,500}\[([^\]]{20,40})\] "([^"\\]*(?:\\.[^"\\]*)*)" (\d{3}) (?:\d+|-)(?: "[^"\\]*(?:\\.[^"\\]*)*" "[^"\\]*(?:\\.[^"\\]*)*")?(.*)$/;
const named = /\b(?:rt|request_time|req_time)[=:]"?([\d.]+)"?/;
const plain = /(?:^| )"?(\d+\.\d+|\d+)"?(?= |$)/;

type Duration = { name: string; pattern: RegExp; factor: number; timeIs: "start" | "end" };

/** nginx counts in seconds with a fraction, Apache in whole microseconds or, rarely, in whole seconds. */
const durations: readonly Duration[] = [
  { name: "combined + rt=", pattern: named, factor: 1, timeIs: "end" },
  { name: "combined + $request_time", pattern: plain, factor: 1, timeIs: "end" },
  { name: "combined + %D", pattern: plain, factor: 1e-6, timeIs: "start" },
  { name: "combined + %T", pattern: plain, factor: 1, timeIs: "start" },
];

const linesNeededForSeconds = 20;
const mostWholeSeconds = 60;

/** Null if none of these lines is of a form that is known. */
export function tellFormat(lines: readonly string[]): LineFormat | null {
  for (const line of lines) {
    const json = line.startsWith("{") ? readJsonFormat(line) : null;
    if (json) return json;
  }
  const rests = lines.flatMap((line) => combined.exec(line)?.[4] ?? []);
  if (rests.length === 0) return null;
  return combinedFormat(durationIn(rests));
}

function durationIn(rests: readonly string[]): Duration | null {
  if (rests.some((rest) => named.test(rest))) return durations[0]!;
  const numbers = rests.flatMap((rest) => plain.exec(rest)?.[1] ?? []);
  if (numbers.length * 2 < rests.length) return null;
  if (numbers.some((number) => number.includes("."))) return durations[1]!;
  const areSeconds =
    numbers.length >= linesNeededForSeconds && numbers.every((number) => Number(number) <= mostWholeSeconds);
  return areSeconds ? durations[3]! : durations[2]!;
}

function combinedFormat(duration: Duration | null): LineFormat {
  const parseTime = rememberingLast(parseClfTime);
  return {
    name: duration?.name ?? "combined",
    timeIs: duration?.timeIs ?? "end",
    hasDuration: duration !== null,
    grainSeconds: 1,
    parse(line) {
      const match = combined.exec(line);
      if (!match) return null;
      const at = parseTime(match[1]!);
      const status = statusOf(match[3]!);
      if (at === null || status === null) return null;
      const text = duration?.pattern.exec(match[4]!)?.[1];
      const seconds = text === undefined ? null : durationOf(text, duration!.factor);
      const { method, target } = splitRequest(match[2]!) ?? unreadable;
      return { method, target, at, status, seconds };
    },
  };
}
