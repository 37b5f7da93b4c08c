/**
 * What was to run: starts that schedules named, and those that did not take place; and when checks were not well.
 * Milliseconds since 1970.
 */
import type { CheckIncident, ExpectedStart } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { millis } from "../api/millis.ts";

/** Of one process on one machine, sorted. */
export type Marks = {
  machine: string;
  process: string;
  processId: string;
  expected: number[];
  missed: number[];
};

export function toMarks(starts: readonly ExpectedStart[]): Marks[] {
  const all = new Map<string, Marks>();
  for (const { machine, machineId, process, processId, at, state } of starts) {
    const key = `${machineId} ${processId}`;
    const marks = all.get(key) ?? { machine, process, processId, expected: [], missed: [] };
    all.set(key, marks);
    marks.expected.push(millis(at));
    if (state === "missed") marks.missed.push(millis(at));
  }
  return [...all.values()];
}

/** How many starts in a stretch did not take place. */
export function missedWithin(marks: readonly Marks[], { from, to }: { from: number; to: number }): number {
  return marks.reduce((sum, { missed }) => sum + missed.filter((at) => at >= from && at < to).length, 0);
}

/** A time in which a check was not well; milliseconds since 1970. `machine` is empty of those that the hub makes. */
export type Incident = {
  key: string;
  checkId: string;
  /** As its lane is called. */
  check: string;
  machine: string;
  start: number;
  /** Infinity while it lasts. */
  end: number;
  state: CheckIncident["state"];
  /** What the probe said. */
  text: string;
};

/** What was not well of one check, sorted. */
export type CheckMarks = {
  machine: string;
  key: string;
  /** As its lane is called. */
  check: string;
  incidents: Incident[];
};

export function toCheckMarks(incidents: readonly CheckIncident[]): CheckMarks[] {
  const all = new Map<string, CheckMarks>();
  for (const incident of incidents.toSorted((a, b) => millis(a.startedAt) - millis(b.startedAt))) {
    const { checkId, machine = "", startedAt, endedAt, state, text } = incident;
    const check = m.timeline_check_lane({ check: incident.check });
    const marks = all.get(checkId) ?? { machine, key: checkId, check, incidents: [] };
    all.set(checkId, marks);
    marks.incidents.push({
      key: `${checkId} ${startedAt}`,
      checkId,
      check,
      machine,
      start: millis(startedAt),
      end: endedAt === undefined ? Infinity : millis(endedAt),
      state,
      text,
    });
  }
  return [...all.values()].toSorted((a, b) => a.check.localeCompare(b.check, undefined, { numeric: true }));
}
