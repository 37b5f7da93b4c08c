import type { Check, CheckState } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Colour } from "./colour.ts";

const names: Record<CheckState, () => string> = {
  ok: m.check_state_ok,
  warning: m.check_state_warning,
  critical: m.check_state_critical,
  unknown: m.check_state_unknown,
};

export const checkStateColours: Record<CheckState, Colour> = {
  ok: "green",
  warning: "yellow",
  critical: "red",
  unknown: "red",
};

export function checkStateText({
  running,
  state,
  flapping = false,
}: Pick<Check, "running" | "state"> & { flapping?: boolean }): string {
  if (!running) return m.check_state_stopped();
  if (state === null) return m.check_state_waiting();
  return flapping ? `${names[state]()} (${m.check_flapping()})` : names[state]();
}

/** More is worse; what does not run comes last. */
export function severity({ running, state }: Pick<Check, "running" | "state">): number {
  if (!running) return -1;
  return state === null ? 0 : { ok: 1, warning: 2, unknown: 3, critical: 4 }[state];
}
