/** What was to run: starts that schedules named, and those that did not take place. Milliseconds since 1970. */
import type { ExpectedStart } from "@culprit/protocol";
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
