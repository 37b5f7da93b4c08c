import { isNeverHeard, type Machine, type MachineState } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { evidenceText } from "@culprit/messages/health-evidence";
import { getLocale } from "@culprit/messages/runtime";
import { localTime } from "./quantity.ts";

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

/** Of one that was never heard: that it has no agent, which is no fault. */
export function machineStateText(machine: Machine): string {
  return isNeverHeard(machine) ? m.machine_never_heard() : stateText(machine.state);
}

/** How its state is known; empty where nothing tells. */
export function stateEvidence({ evidence = [] }: Pick<Machine, "evidence">, timeZone: string): string {
  const time = (instant: string) => localTime(instant, timeZone);
  return evidenceText(evidence, { time, locale: getLocale() });
}
