/** A machine's clock against the hub's, in words. */
import { m } from "@culprit/messages";
import type { Machine } from "@culprit/protocol";
import { duration } from "./quantity.ts";
import { printable } from "./table.ts";

/** Runs of a machine whose clock is off by more are flagged by the hub. */
export const tolerableClockSeconds = 2;

export function clockText(offsetSeconds: number): string {
  const amount = duration(Math.abs(offsetSeconds));
  if (Math.abs(offsetSeconds) <= tolerableClockSeconds) return m.clock_agrees({ amount });
  return offsetSeconds > 0 ? m.clock_ahead({ amount }) : m.clock_behind({ amount });
}

/** A line for each machine that has one. */
export function clocksThatAreOff(machines: readonly Machine[]): string[] {
  return machines
    .filter(({ clockOffsetSeconds = 0 }) => Math.abs(clockOffsetSeconds) > tolerableClockSeconds)
    .map(({ name, clockOffsetSeconds }) =>
      m.clock_of_machine({ machine: printable(name), clock: clockText(clockOffsetSeconds!) }),
    );
}
