/** The ids of executions that come of check-ins: `checkin-<number>-<the client's id of the run>`, or `~` and letters without one. */
import { createHash } from "node:crypto";
import { microsPerSecond, randomText, type Micros } from "@culprit/protocol";

export const idPrefix = "checkin-";

export const prefixOf = (checkinId: number): string => `${idPrefix}${checkinId}-`;

/** An id of the client that has another form goes in as its hash. */
export function runId(checkinId: number, run: string): string {
  const plain = /^[A-Za-z0-9._:-]{1,100}$/.test(run);
  return prefixOf(checkinId) + (plain ? run : `sha256-${createHash("sha256").update(run).digest("hex")}`);
}

export const namelessId = (checkinId: number): string => `${prefixOf(checkinId)}~${randomText(16)}`;

export const isNameless = (executionId: string): boolean => /^checkin-\d+-~/.test(executionId);

/** Of the run that came to its end after it had been given up. */
export const lateId = (executionId: string): string => `${executionId}~late`;

/** Clients give runs other ids than UUIDs too, and may use such an id again: a process id, a date, always the same word. */
export const mayComeAgain = (run: string): boolean =>
  !/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(run);

/** Begins the ids of later runs with an id that was used before. */
export const againPrefix = (executionId: string): string => `${executionId}~again`;

/** The same for a request that is repeated within the minute. */
export const againId = (executionId: string, at: Micros): string =>
  againPrefix(executionId) + Math.floor(at / (60 * microsPerSecond));
