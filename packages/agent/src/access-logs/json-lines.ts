/** Access logs as JSON, one object a line, with the keys that people usually give them. */
import { splitRequest, statusOf, unreadable, type LineFormat, type LogLine } from "./log-line.ts";
import { parseAnyTime, rememberingLast } from "./log-time.ts";

const times = ["msec", "time_iso8601", "@timestamp", "timestamp", "time_local", "time", "ts", "date"];
const statuses = ["status", "status_code", "http_status", "response_status", "code"];
const methods = ["request_method", "method", "http_method", "verb"];
const targets = ["request_uri", "uri", "path", "request_path", "url", "requested_url"];
const requests = ["request", "request_line"];
/** Keys and how many seconds their unit is. */
const durations: readonly [string, number][] = [
  ["request_time", 1],
  ["request_time_ms", 1e-3],
  ["request_time_us", 1e-6],
  ["duration_seconds", 1],
  ["duration_ms", 1e-3],
  ["duration_us", 1e-6],
  ["response_time_ms", 1e-3],
  ["elapsed_ms", 1e-3],
  ["duration", 1],
];

const mostSeconds = 1e7;

/** What these keys mean is told by one of the first lines; null if that has not all that is needed. */
export function readJsonFormat(example: string): LineFormat | null {
  const first = parseObject(example);
  if (!first) return null;
  const parseTime = rememberingLast(parseAnyTime);
  const parse = (line: string) => parseJsonLine(line, parseTime);
  if (!parse(example)) return null;
  const time = textAt(first, times) ?? "";
  return {
    name: "json",
    timeIs: "end",
    hasDuration: durations.some(([key]) => first[key] !== undefined),
    grainSeconds: /\d[.,]\d/.test(time) ? 0.001 : 1,
    parse,
  };
}

function parseJsonLine(line: string, parseTime: (text: string) => number | null): LogLine | null {
  const all = parseObject(line);
  if (!all) return null;
  const nested = isObject(all["request"]) ? all["request"] : all;
  const request = textAt(all, requests);
  const [method, target] = [textAt(nested, methods), textAt(nested, targets)];
  const asked =
    method !== null && target !== null
      ? { method, target }
      : request === null
        ? null
        : (splitRequest(request) ?? unreadable);
  const at = parseTime(textAt(all, times) ?? "");
  const status = statusOf(textAt(all, statuses) ?? "");
  if (asked === null || at === null || status === null) return null;
  return { ...asked, at, status, seconds: secondsOf(all) };
}

function secondsOf(all: Record<string, unknown>): number | null {
  for (const [key, factor] of durations) {
    const value = all[key];
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number === "number" && number >= 0 && number * factor < mostSeconds)
      return Math.round(number * factor * 1e6) / 1e6;
  }
  return null;
}

function textAt(all: Record<string, unknown>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = all[key];
    if (typeof value === "string" || typeof value === "number") return String(value);
  }
  return null;
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
