/** Time in spans that follow one another without a gap, each of one kind. Pure. */
import {
  availabilityKinds,
  microsPerSecond,
  type AvailabilityDay,
  type AvailabilityKind,
  type AvailabilitySeconds,
  type Micros,
  parseLocalTime,
} from "@culprit/protocol";

export type Interval = { from: Micros; to: Micros };
/** `fact`: which of the recorded facts it comes from, by its place; null where nothing is recorded. */
export type Span = Interval & { kind: AvailabilityKind; fact: number | null };

/** What of each span lies in one of the intervals, in whatever order they are, becomes `kind`, where `wanted` says so. */
export function overlay(
  spans: readonly Span[],
  intervals: readonly Interval[],
  kind: AvailabilityKind,
  wanted: (span: Span) => boolean = () => true,
): Span[] {
  const over = joined(intervals);
  let first = 0;
  return spans.flatMap((span) => {
    if (!wanted(span)) return [span];
    while (first < over.length && over[first]!.to <= span.from) first++;
    const parts: Span[] = [];
    let at = span.from;
    for (let index = first; index < over.length && over[index]!.from < span.to; index++) {
      const from = Math.max(at, over[index]!.from);
      const to = Math.min(span.to, over[index]!.to);
      if (from > at) parts.push({ ...span, from: at, to: from });
      if (to > from) parts.push({ ...span, from, to, kind });
      at = Math.max(at, to);
    }
    if (at < span.to) parts.push({ ...span, from: at });
    return parts;
  });
}

function joined(intervals: readonly Interval[]): Interval[] {
  const all: Interval[] = [];
  for (const one of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && one.from <= last.to) last.to = Math.max(last.to, one.to);
    else if (one.to > one.from) all.push({ ...one });
  }
  return all;
}

export function clip(spans: readonly Span[], { from, to }: Interval): Span[] {
  return spans
    .filter((span) => span.to > from && span.from < to)
    .map((span) => ({ ...span, from: Math.max(span.from, from), to: Math.min(span.to, to) }));
}

export function secondsOf(spans: readonly Span[]): AvailabilitySeconds {
  const micros = Object.fromEntries(availabilityKinds.map((kind) => [kind, 0])) as AvailabilitySeconds;
  for (const { kind, from, to } of spans) micros[kind] += to - from;
  for (const kind of availabilityKinds) micros[kind] /= microsPerSecond;
  return micros;
}

/**
 * Shares as monitors usually count them (Nagios' availability report): of the time that is known, without what was planned. Time
 * in which only the hub could not reach it counts as not available, and is told apart.
 */
export function sharesOf(seconds: AvailabilitySeconds): {
  share: number | null;
  knownShare: number | null;
  seconds: AvailabilitySeconds;
} {
  const known = seconds.up + seconds.down + seconds.unreachable;
  const counted = known + seconds.unknown;
  return {
    share: known > 0 ? seconds.up / known : null,
    knownShare: counted > 0 ? known / counted : null,
    seconds,
  };
}

const dayMillis = 86_400_000;

/** The local days that the window touches. `began`: instants of incidents, counted on the day on which they began. */
export function daysOf(
  spans: readonly Span[],
  window: Interval,
  zone: string,
  began: readonly Micros[],
): AvailabilityDay[] {
  const days: AvailabilityDay[] = [];
  const date = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" });
  let first = 0;
  for (let day = date.format(window.from / 1000); ;) {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + dayMillis).toISOString().slice(0, 10);
    const of = { from: midnight(day, zone), to: midnight(next, zone) };
    if (of.from >= window.to) return days;
    while (first < spans.length && spans[first]!.to <= of.from) first++;
    let last = first;
    while (last < spans.length && spans[last]!.from < of.to) last++;
    days.push({
      date: day,
      ...sharesOf(secondsOf(clip(spans.slice(first, last), of))),
      incidents: began.filter((at) => at >= of.from && at < of.to).length,
    });
    day = next;
  }
}

const midnight = (date: string, zone: string): Micros => parseLocalTime(`${date}T00:00:00`, zone)!.at;
