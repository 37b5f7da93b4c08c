/** A log_format of nginx or a LogFormat of Apache, as it stands in the server's configuration, turned into a parser. */
import { splitRequest, statusOf, unreadable, type LineFormat, type LogLine } from "./log-line.ts";
import { parseAnyTime, rememberingLast } from "./log-time.ts";

/** Where a value goes, and by what a number has to be multiplied. */
type Field =
  | { is: "time"; grainSeconds: number; timeIs: "start" | "end" }
  | { is: "seconds"; factor: number }
  | { is: "request" | "method" | "target" | "status" | "nothing" };

type Part = { literal: string } | { field: Field };

const time = (grainSeconds: number, timeIs: "start" | "end"): Field => ({ is: "time", grainSeconds, timeIs });
const seconds = (factor: number): Field => ({ is: "seconds", factor });

const nginx: Record<string, Field> = {
  time_local: time(1, "end"),
  time_iso8601: time(1, "end"),
  msec: time(0.001, "end"),
  request: { is: "request" },
  request_method: { is: "method" },
  request_uri: { is: "target" },
  uri: { is: "target" },
  document_uri: { is: "target" },
  status: { is: "status" },
  request_time: seconds(1),
};

const apache: Record<string, Field> = {
  t: time(1, "start"),
  "{sec}t": time(1, "start"),
  "{begin:sec}t": time(1, "start"),
  "{msec}t": time(0.001, "start"),
  "{begin:msec}t": time(0.001, "start"),
  "{usec}t": time(0.000_001, "start"),
  "{begin:usec}t": time(0.000_001, "start"),
  "{end:sec}t": time(1, "end"),
  "{end:msec}t": time(0.001, "end"),
  "{end:usec}t": time(0.000_001, "end"),
  r: { is: "request" },
  m: { is: "method" },
  U: { is: "target" },
  s: { is: "status" },
  D: seconds(1e-6),
  T: seconds(1),
  "{us}T": seconds(1e-6),
  "{ms}T": seconds(1e-3),
  "{s}T": seconds(1),
};

/** What is missing in it; null: all is there, but two fields have nothing between them. */
export type FormatError = { missing: string | null };

export function textOfFormatError({ missing }: FormatError): string {
  return missing === null ? "two fields with nothing between them" : `no ${missing}`;
}

export function readWrittenFormat(text: string): LineFormat | FormatError {
  const isApache = /%[<>!\d,]*(?:\{[^}]*\})?[a-zA-Z]/.test(text) && !/\$[a-z]/.test(text);
  const parts = isApache ? apacheParts(text) : nginxParts(text);
  const fields = parts.flatMap((part) => ("field" in part ? [part.field] : []));
  const has = (is: Field["is"]) => fields.some((field) => field.is === is);
  if (!has("status")) return { missing: isApache ? "%>s" : "$status" };
  if (!has("time")) return { missing: isApache ? "%t" : "$time_local / $msec" };
  if (!has("request") && !(has("method") && has("target"))) return { missing: isApache ? "%r" : "$request" };
  const times = fields.flatMap((field) => (field.is === "time" ? [field] : []));
  // The finest of several.
  const best = times.toSorted((a, b) => a.grainSeconds - b.grainSeconds)[0]!;
  const pattern = patternOf(parts);
  if (pattern === null) return { missing: null };
  const parseTime = rememberingLast(parseAnyTime);
  return {
    name: isApache ? "LogFormat" : "log_format",
    timeIs: best.timeIs,
    hasDuration: has("seconds"),
    grainSeconds: best.grainSeconds,
    parse(line) {
      const match = pattern.exec(line);
      if (!match) return null;
      const read: Partial<LogLine> = { seconds: null };
      fields.forEach((field, index) => {
        const value = match[index + 1]!;
        if (field.is === "time" && field === best) read.at = parseTime(value) ?? Number.NaN;
        else if (field.is === "seconds") read.seconds ??= durationOf(value, field.factor);
        else if (field.is === "request") Object.assign(read, splitRequest(value) ?? unreadable);
        else if (field.is === "method") read.method = value;
        else if (field.is === "target") read.target = value;
        else if (field.is === "status") read.status = statusOf(value) ?? Number.NaN;
      });
      const { at = Number.NaN, status = Number.NaN, method, target, seconds = null } = read;
      if (Number.isNaN(at) || Number.isNaN(status) || method === undefined || target === undefined)
        return null;
      return { at, status, method, target, seconds };
    },
  };
}

/** Null for `-` and everything that is no duration. */
export function durationOf(text: string, factor: number): number | null {
  if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) return null;
  return Math.round(Number(text) * factor * 1e6) / 1e6;
}

function nginxParts(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    if (match.index > end) parts.push({ literal: text.slice(end, match.index) });
    parts.push({ field: nginx[match[1] ?? match[2]!] ?? { is: "nothing" } });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ literal: text.slice(end) });
  return parts;
}

function apacheParts(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  // As in the configuration file, where the quotes inside are escaped.
  const plain = text.replaceAll('\\"', '"');
  for (const match of plain.matchAll(/%[<>!\d,]*((?:\{[^}]*\})?(?:\^[a-zA-Z]{2}|[a-zA-Z]))/g)) {
    if (match.index > end) parts.push({ literal: plain.slice(end, match.index) });
    const field = apache[match[1]!] ?? { is: "nothing" };
    // %t brings its own brackets.
    parts.push(...(match[1] === "t" ? [{ literal: "[" }, { field }, { literal: "]" }] : [{ field }]));
    end = match.index + match[0].length;
  }
  if (end < plain.length) parts.push({ literal: plain.slice(end) });
  return parts;
}

/** Each field ends where the text after it begins, so that matching a line takes one pass. */
function patternOf(parts: readonly Part[]): RegExp | null {
  let pattern = "^";
  for (const [index, part] of parts.entries()) {
    if ("literal" in part) {
      pattern += part.literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/\s+/g, "\\s+");
      continue;
    }
    const next = parts[index + 1];
    if (next && "field" in next) return null;
    const until = next?.literal[0];
    if (until === undefined) pattern += "(\\S*)";
    else if (until === '"') pattern += '([^"\\\\]*(?:\\\\.[^"\\\\]*)*)';
    else pattern += `([^${/\s/.test(until) ? "\\s" : until.replace(/[\\\]^-]/g, "\\$&")}]*)`;
  }
  return new RegExp(`${pattern}\\s*$`);
}
