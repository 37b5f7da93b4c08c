/** The offsets of a time zone over a window. Milliseconds here: zones change on whole minutes. */

/** From `from` (a change, or -Infinity) to `to` the zone's clocks show UTC plus `offset`; `before` is the offset until `from`. */
export type ZoneSpan = { from: number; to: number; offset: number; before: number };

const week = 7 * 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, Map<number, { at: number; offset: number }[]>>();
const weeksKept = 2000;

export function isTimeZone(zone: string): boolean {
  try {
    return formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** What the zone's clocks show minus UTC, at an instant; throws RangeError for an unknown zone. */
export function offsetAt(zone: string, instant: number): number {
  const parts = formatOf(zone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((one) => one.type === type)?.value);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

/** The same for many instants in [from, to], without asking the calendar for each. */
export function offsetsWithin(zone: string, from: number, to: number): (instant: number) => number {
  const spans = zoneSpans(zone, from, to + 1);
  return (instant) => (spans.find((span) => instant < span.to) ?? spans.at(-1))!.offset;
}

/** Those that touch [from, to). A zone that changes and changes back within a week is not seen; none did. */
export function zoneSpans(zone: string, from: number, to: number): ZoneSpan[] {
  let before = offsetAtWeek(zone, Math.floor(from / week));
  let span: ZoneSpan = { from: -Infinity, to: Infinity, offset: before, before };
  const spans: ZoneSpan[] = [];
  for (let number = Math.floor(from / week); number * week < to; number++)
    for (const { at, offset } of changesIn(zone, number)) {
      if (at >= to) break;
      spans.push({ ...span, to: at });
      before = span.offset;
      span = { from: at, to: Infinity, offset, before };
    }
  return [...spans, span].filter((one) => one.to > from);
}

/** The instants in [from, to) at which the zone's clocks are put forward or back. */
export function clockChanges(zone: string, from: number, to: number): number[] {
  return zoneSpans(zone, from, to).flatMap((span) => (span.from >= from ? [span.from] : []));
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

const offsetAtWeek = (zone: string, number: number): number => offsetAt(zone, number * week);

function changesIn(zone: string, number: number): { at: number; offset: number }[] {
  let weeks = known.get(zone);
  if (!weeks || weeks.size > weeksKept) known.set(zone, (weeks = new Map()));
  let changes = weeks.get(number);
  if (!changes) {
    const offset = offsetAtWeek(zone, number + 1);
    changes =
      offset === offsetAtWeek(zone, number)
        ? []
        : [{ at: changeBetween(zone, number * week, offset), offset }];
    weeks.set(number, changes);
  }
  return changes;
}

/** The first instant, to the second, of the week from `start` at which the zone has `offset`. */
function changeBetween(zone: string, start: number, offset: number): number {
  let low = start;
  let high = start + week;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (offsetAt(zone, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
