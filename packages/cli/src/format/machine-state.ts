import type { MachineState } from "@culprit/protocol";
import { m } from "@culprit/messages";

export function stateText(state: MachineState): string {
  switch (state) {
    case "online":
      return m.cmd_state_online();
    case "late":
      return m.cmd_state_late();
    case "silent":
      return m.cmd_state_silent();
    case "unreachable":
      return m.cmd_state_unreachable();
    case "down":
      return m.cmd_state_down();
    case "paused":
      return m.cmd_state_paused();
    default:
      return state satisfies never;
  }
}
