/** Where a time axis has its ticks, and what they say, in any zone. Instants are milliseconds since 1970. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 364].map((n) => n * day),
];

export type TimeTicks = { times: number[]; stepMillis: number };

/** At most about `count` ticks at round local times within [from, to]; days start at local midnight, also across a change of clocks. */
export function timeTicks(from: number, to: number, zone: string, count: number): TimeTicks {
  const wanted = (to - from) / Math.max(1, count);
  const stepMillis = steps.find((step) => step >= wanted) ?? steps.at(-1)!;
  const times: number[] = [];
  const localFrom = from + zoneOffset(from, zone);
  // Walks local time, so that a day of 23 or 25 hours still ticks at midnight.
  for (
    let local = Math.ceil(localFrom / stepMillis) * stepMillis;
    times.length <= count * 4 + 4;
    local += stepMillis
  ) {
    const time = fromLocal(local, zone);
    if (time > to) break;
    if (time >= from && time > (times.at(-1) ?? -Infinity)) times.push(time);
  }
  return { times, stepMillis };
}

/** The label of a tick: a date where a day begins or steps are days, else the time of day, as fine as the step. */
export function tickLabel(time: number, stepMillis: number, zone: string, locale: string): string {
  const startsDay = (time + zoneOffset(time, zone)) % day === 0;
  if (startsDay || stepMillis >= day)
    return dateFormat(locale, zone, { day: "numeric", month: "short" }).format(time);
  const fields: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (stepMillis < minute) fields.second = "2-digit";
  if (stepMillis < second) fields.fractionalSecondDigits = 3;
  return dateFormat(locale, zone, fields).format(time);
}

/** Date and time to the second, for tooltips and hovers. */
export function formatTime(time: number, zone: string, locale: string): string {
  return dateFormat(locale, zone, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(time);
}

/** `America/Sao_Paulo (GMT-3)`: what a picture with times must say beside them. */
export function zoneLabel(time: number, zone: string, locale: string): string {
  const part = dateFormat(locale, zone, { timeZoneName: "shortOffset" })
    .formatToParts(time)
    .find(({ type }) => type === "timeZoneName");
  return !part || part.value === zone ? zone : `${zone} (${part.value})`;
}

/** Milliseconds that local time is ahead of UTC at an instant. */
export function zoneOffset(time: number, zone: string): number {
  if (zone === "UTC") return 0;
  const parts: Record<string, number> = {};
  const format = dateFormat("en-US", zone, {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  });
  for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value);
  const local = Date.UTC(
    parts["year"]!,
    parts["month"]! - 1,
    parts["day"],
    parts["hour"],
    parts["minute"],
    parts["second"],
  );
  return local - Math.floor(time / second) * second;
}

/** The instant of a local time; one that the change of clocks skips becomes the instant after it. */
export function fromLocal(local: number, zone: string): number {
  const guess = local - zoneOffset(local, zone);
  return local - zoneOffset(guess, zone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone })));
  return format;
}
