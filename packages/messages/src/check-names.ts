/** What the states of a check are called, also of one that has none. */
import { m } from "@culprit/messages";
import type { Text } from "./text.ts";

export const checkStateNames = {
  ok: m.check_state_ok,
  warning: m.check_state_warning,
  critical: m.check_state_critical,
  unknown: m.check_state_unknown,
} as const satisfies Record<string, Text>;

/** One that does not run has no state, and a new one none yet. */
export function checkStateName(check: {
  running: boolean;
  state: keyof typeof checkStateNames | null;
}): string {
  if (!check.running) return m.check_state_stopped();
  return check.state === null ? m.check_state_waiting() : checkStateNames[check.state]();
}
