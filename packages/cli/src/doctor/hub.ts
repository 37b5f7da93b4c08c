import { m } from "@culprit/messages";
import { UnreachableError } from "@culprit/protocol";
import { fixOfUnreachable, unreachableText } from "../failures.ts";
import { ok, type Check } from "./finding.ts";

export const hub: Check = {
  name: "hub",
  async look({ probe, connection }) {
    switch (probe.kind) {
      case "hub":
        return [ok(m.doctor_hub_ok({ hub: connection.hub }))];
      case "not-a-hub":
        return [
          {
            level: "problem",
            text: m.doctor_hub_other({
              hub: connection.hub,
              status: probe.status,
              contentType: probe.contentType,
            }),
            meaning: m.doctor_hub_other_meaning(),
            fix: m.cmd_fix_not_a_hub(),
          },
        ];
      case "unreachable":
        return [
          {
            level: "problem",
            text: unreachableText(new UnreachableError(connection.hub, probe.error)),
            meaning: m.doctor_hub_unreachable_meaning(),
            fix: fixOfUnreachable(probe.error),
          },
        ];
      default:
        return probe satisfies never;
    }
  },
};
