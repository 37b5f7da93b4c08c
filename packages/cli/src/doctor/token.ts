import { m } from "@culprit/messages";
import { ok, type Check } from "./finding.ts";

const form = /^culprit_[a-z]_[0-9A-Za-z]{32}$/;

export const token: Check = {
  name: "token",
  async look({ connection, probe }) {
    const { token, origin } = connection;
    if (token === undefined)
      return [{ level: "problem", text: m.doctor_token_none(), fix: m.cmd_fix_no_token() }];
    const bare = token.replaceAll(/\s+/g, "");
    const findings =
      bare === token
        ? []
        : [
            {
              level: "warning" as const,
              text: m.doctor_token_space({ origin }),
              meaning: m.doctor_token_space_meaning(),
              fix: m.doctor_token_space_fix(),
            },
          ];
    if (!form.test(bare)) {
      return [
        ...findings,
        { level: "problem", text: m.doctor_token_form({ origin }), fix: m.doctor_token_form_fix() },
      ];
    }
    if (probe.kind !== "hub") return findings;
    if (!probe.identity) {
      return [...findings, { level: "problem", text: m.cmd_token_refused(), fix: m.cmd_fix_token() }];
    }
    const { user, role } = probe.identity;
    return [...findings, ok(m.doctor_token_ok({ user, role, origin }))];
  },
};
