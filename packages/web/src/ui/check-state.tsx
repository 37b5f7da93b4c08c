/** A check's state as colour, shape and word. */
import type { Check, CheckKind } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { checkStateName } from "@culprit/messages/check-names";
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

export const checkStateLooks = { ok: "ok", warning: "slow", critical: "failed", unknown: "lost" } as const;

export function CheckStateMark({ check }: { check: Check }) {
  const look = !check.running ? "paused" : check.state === null ? "silent" : checkStateLooks[check.state];
  return (
    <>
      <Mark look={look} text={checkStateName(check)} />
      {check.running && check.flapping && <span className="quiet small"> {m.check_flapping()}</span>}
    </>
  );
}
