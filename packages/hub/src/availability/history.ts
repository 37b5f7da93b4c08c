/** From recorded states to spans and incidents. Pure. */
import {
  formatInstant,
  microsPerSecond,
  type AvailabilityKind,
  type HealthEvidence,
  type Incident,
  type MachineState,
  type Micros,
} from "@culprit/protocol";
import { clip, overlay, secondsOf, type Interval, type Span } from "./spans.ts";

/** From `at` on, until the next. `incident`: what kind of one it is; null for none. */
export type Fact = {
  at: Micros;
  kind: AvailabilityKind;
  incident: Incident["kind"] | null;
  cause: HealthEvidence[];
  text?: string;
};

const kinds: Record<MachineState, AvailabilityKind> = {
  online: "up",
  late: "up",
  silent: "unknown",
  unreachable: "unreachable",
  down: "down",
  paused: "paused",
};

export function factOfState(row: { since: Micros; state: MachineState; evidence: HealthEvidence[] }): Fact {
  const { since, state, evidence } = row;
  // Of a machine without an agent nothing was ever to be heard.
  const isIncident =
    state === "down" ||
    state === "unreachable" ||
    (state === "silent" && !evidence.some(({ code }) => code === "never-heard"));
  return { at: since, kind: kinds[state], incident: isIncident ? state : null, cause: evidence };
}

export type History = { spans: Span[]; incidents: Incident[]; began: Micros[] };

/** `facts` by time; `window` ends at the latest now. */
export function historyOf(
  facts: readonly Fact[],
  window: Interval,
  { blind, maintenance, now }: { blind: readonly Interval[]; maintenance: readonly Interval[]; now: Micros },
): History {
  const recorded: Span[] = facts.map(({ at, kind }, index) => ({
    from: at,
    to: facts[index + 1]?.at ?? now,
    kind,
    fact: index,
  }));
  const first = recorded[0]?.from ?? now;
  const whole: Span[] = [{ from: -Infinity, to: first, kind: "unknown", fact: null }, ...recorded];
  const known = overlay(clip(whole, window), blind, "unknown", ({ kind }) => kind !== "paused");
  const spans = overlay(known, maintenance, "maintenance", ({ kind }) => kind !== "paused");
  const incidents: Incident[] = [];
  const began: Micros[] = [];
  const parts = new Map<number | null, Span[]>();
  for (const span of spans) {
    const own = parts.get(span.fact);
    if (own) own.push(span);
    else parts.set(span.fact, [span]);
  }
  for (const [index, { at, incident, cause, text }] of facts.entries()) {
    const own = parts.get(index);
    if (incident === null || !own) continue;
    const next = facts[index + 1];
    const seconds = secondsOf(own);
    const lasted = own.reduce((sum, { from, to }) => sum + to - from, 0) / microsPerSecond;
    if (at >= window.from) began.push(at);
    incidents.push({
      kind: incident,
      start: formatInstant(at),
      end: next ? formatInstant(next.at) : null,
      seconds: lasted - seconds.maintenance,
      planned: lasted > 0 && lasted <= seconds.maintenance,
      cause,
      ...(text === undefined ? {} : { text }),
    });
  }
  return { spans, incidents, began };
}
