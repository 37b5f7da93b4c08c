/** The format of an access log as its first lines tell it: JSON, or common or combined with what was added behind. */
import { readJsonFormat } from "./json-lines.ts";
import { splitRequest, statusOf, unreadable, type LineFormat } from "./log-line.ts";
import { parseClfTime, rememberingLast } from "./log-time.ts";
import { durationOf } from "./written-format.ts";

/** Host, user and the like; time, request, status, size; perhaps referrer and user agent; the rest. */
const combined =
  /^[^[]{1,500}\[([^\]]{20,40})\] "([^"\\]*(?:\\.[^"\\]*)*)" (\d{3}) (?:\d+|-)(?: "[^"\\]*(?:\\.[^"\\]*)*" "[^"\\]*(?:\\.[^"\\]*)*")?(.*)$/;
const named = /\b(?:rt|request_time|req_time)[=:]"?([\d.]+)"?/;
/** What clients send stands in quotes: a header that looks like a duration is none. */
const quoted = /(^| )"[^"\\]*(?:\\.[^"\\]*)*"(?= |$)/g;
const number = /^(?:\d+\.\d+|\d+)$/;

type Kind = { name: string; factor: number; timeIs: "start" | "end" };
/** Finds the text of the duration in what stands behind the combined format. */
type Duration = Kind & { find: (rest: string) => string | undefined };

const byName: Duration = {
  name: "combined + rt=",
  factor: 1,
  timeIs: "end",
  find: (rest) => named.exec(rest)?.[1],
};
/** nginx counts in seconds with a fraction, Apache in whole microseconds or, rarely, in whole seconds. */
const fractions: Kind = { name: "combined + $request_time", factor: 1, timeIs: "end" };
const micros: Kind = { name: "combined + %D", factor: 1e-6, timeIs: "start" };
const wholeSeconds: Kind = { name: "combined + %T", factor: 1, timeIs: "start" };

const fieldsLookedAt = 30;
const linesNeededForSeconds = 20;
const mostWholeSeconds = 60;

/** Null if none of these lines is of a form that is known. */
export function tellFormat(lines: readonly string[]): LineFormat | null {
  for (const line of lines) {
    const json = line.startsWith("{") ? readJsonFormat(line) : null;
    if (json) return json;
  }
  const rests = lines.flatMap((line) => combined.exec(line)?.[4] ?? []).map(withoutQuoted);
  if (rests.length === 0) return null;
  return combinedFormat(durationIn(rests));
}

function withoutQuoted(rest: string): string {
  return rest.includes('"') ? rest.replace(quoted, "$1-") : rest;
}

function fieldsOf(rest: string): string[] {
  return rest.trimStart().split(" ", fieldsLookedAt);
}

function durationIn(rests: readonly string[]): Duration | null {
  if (rests.some((rest) => named.test(rest))) return byName;
  const lines = rests.map(fieldsOf);
  // The place is that of most lines: in some, another field may look like a number.
  for (let place = 0; place < fieldsLookedAt; place++) {
    const numbers = lines.flatMap((fields) => (number.test(fields[place] ?? "") ? fields[place]! : []));
    if (numbers.length * 2 < lines.length) continue;
    const find = (rest: string) => fieldsOf(rest)[place];
    return { ...kindOf(numbers), find };
  }
  return null;
}

function kindOf(numbers: readonly string[]): Kind {
  if (numbers.some((text) => text.includes("."))) return fractions;
  const areSeconds =
    numbers.length >= linesNeededForSeconds && numbers.every((text) => Number(text) <= mostWholeSeconds);
  return areSeconds ? wholeSeconds : micros;
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
      const text = duration?.find(withoutQuoted(match[4]!));
      const seconds = text === undefined ? null : durationOf(text, duration!.factor);
      const { method, target } = splitRequest(match[2]!) ?? unreadable;
      return { method, target, at, status, seconds };
    },
  };
}
