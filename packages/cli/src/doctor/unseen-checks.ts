import { check as checkSchema, list, type Check as Checked, type CheckKind } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { clientOf } from "../connection.ts";
import { ok, type Check, type Finding } from "./finding.ts";

const named = 5;

/** Checks of the hub that can't be made: an address that may not be reached, a command that is not allowed. */
export const unseenChecks: Check = {
  name: "unseen-checks",
  async look({ connection, probe }) {
    if (probe.kind !== "hub" || !probe.identity || probe.identity.role === "machine") return [];
    const { items } = await clientOf(connection).get("/checks", list(checkSchema));
    const unseen = items.filter(({ running, state }) => running && state === "unknown");
    if (unseen.length === 0) return [ok(m.doctor_checks_ok())];
    const more = unseen.length - named;
    return [
      ...unseen.slice(0, named).map(findingOf),
      ...(more > 0 ? [{ level: "warning" as const, text: m.doctor_checks_more({ count: more }) }] : []),
    ];
  },
};

const needLeave: ReadonlySet<CheckKind> = new Set(["tcp", "http", "dns", "ping", "command"]);

function findingOf({ name, machine, target, last }: Checked): Finding {
  const fix = machine === undefined ? m.doctor_checks_hub_fix() : m.doctor_checks_machine_fix();
  return {
    level: "warning",
    text: m.doctor_checks_unknown({ name, by: machine ?? m.check_by_hub(), said: last?.text ?? "" }),
    meaning: m.doctor_checks_unknown_meaning(),
    ...(needLeave.has(target.kind) ? { fix } : {}),
  };
}
