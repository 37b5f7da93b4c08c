/** A check's state as colour, shape and word. */
import type { Check, CheckKind, CheckState } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Mark } from "./outcome.tsx";

export const checkKindNames: Record<CheckKind, () => string> = {
  service: m.check_kind_service,
  tcp: m.check_kind_tcp,
  http: m.check_kind_http,
  dns: m.check_kind_dns,
  ping: m.check_kind_ping,
  command: m.check_kind_command,
  disk: m.check_kind_disk,
  cpu: m.check_kind_cpu,
  memory: m.check_kind_memory,
  load: m.check_kind_load,
};

export const checkStateNames: Record<CheckState, () => string> = {
  ok: m.check_state_ok,
  warning: m.check_state_warning,
  critical: m.check_state_critical,
  unknown: m.check_state_unknown,
};

export const checkStateLooks = { ok: "ok", warning: "slow", critical: "failed", unknown: "lost" } as const;

export function checkStateName({ running, state }: Pick<Check, "running" | "state">): string {
  if (!running) return m.check_state_stopped();
  return state === null ? m.check_state_waiting() : checkStateNames[state]();
}

export function CheckStateMark({ check }: { check: Check }) {
  const look = !check.running ? "paused" : check.state === null ? "silent" : checkStateLooks[check.state];
  return (
    <>
      <Mark look={look} text={checkStateName(check)} />
      {check.running && check.flapping && <span className="quiet small"> {m.check_flapping()}</span>}
    </>
  );
}
