/** Times as people type them: `24h` ago, a day, a local date and time, or a full instant. */
import { microsPerSecond, parseInstant, type Micros } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { UsageError } from "./failures.ts";

const unitSeconds = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const length = /^(\d+(?:\.\d+)?)(s|m|min|h|d|w)$/;
const local = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** Seconds of `90s`, `15m`, `24h`, `7d`, `2w`; null if the text is no length of time. */
export function parseLength(text: string): number | null {
  const match = length.exec(text.trim());
  if (!match) return null;
  const [, number, unit] = match;
  return Number(number) * unitSeconds[unit as keyof typeof unitSeconds];
}

/** An instant, or a length of time before `now`. A date without an offset is in this computer's time zone. */
export function parseTime(text: string, now: Micros): Micros | null {
  const seconds = parseLength(text);
  if (seconds !== null) return now - Math.round(seconds * microsPerSecond);
  const instant = parseInstant(text.trim());
  if (instant !== null) return instant;
  const match = local.exec(text.trim());
  if (!match) return null;
  const [year, month, day, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(year!, month! - 1, day, hour, minute, second);
  // Date rolls 31 February over into March.
  if (date.getDate() !== day || date.getMonth() !== month! - 1 || date.getHours() !== hour) return null;
  return date.getTime() * 1000;
}

/** As `parseTime`, for the value of an option; nothing of ours is older than 1970. */
export function timeOption(option: string, text: string, now: Micros): Micros {
  const instant = parseTime(text, now);
  if (instant === null || instant < 0) throw new UsageError(m.cmd_bad_time({ option, text }));
  return instant;
}

export function lengthOption(option: string, text: string): number {
  const seconds = parseLength(text);
  if (seconds === null) throw new UsageError(m.cmd_bad_length({ option, text }));
  return seconds;
}
