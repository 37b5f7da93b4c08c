import { m } from "@culprit/messages";
import type { Text } from "./text.ts";

export const serviceStateNames = {
  running: m.service_state_running,
  stopped: m.service_state_stopped,
  failed: m.service_state_failed,
  unknown: m.service_state_unknown,
} as const satisfies Record<string, Text>;
