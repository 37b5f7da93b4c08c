import { access, constants, stat } from "node:fs/promises";
import { m } from "@culprit/messages";
import { ok, type Check } from "./finding.ts";

const worldWritable = 0o002;
const sticky = 0o1000;

/** The folder where jobs of all users leave their records. */
export const intake: Check = {
  name: "intake",
  async look({ intake }) {
    const found = await stat(intake).catch(() => null);
    if (!found)
      return [
        { level: "warning", text: m.doctor_intake_absent({ intake }), fix: m.doctor_intake_absent_fix() },
      ];
    const fix = m.doctor_intake_fix({ intake });
    if (!found.isDirectory()) return [{ level: "problem", text: m.doctor_intake_no_folder({ intake }), fix }];
    if ((found.mode & worldWritable) !== 0 && (found.mode & sticky) === 0) {
      return [
        {
          level: "problem",
          text: m.doctor_intake_not_sticky({ intake }),
          meaning: m.doctor_intake_not_sticky_meaning(),
          fix,
        },
      ];
    }
    const mine = await access(intake, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!mine)
      return [
        {
          level: "problem",
          text: m.doctor_intake_closed({ intake }),
          meaning: m.doctor_intake_closed_meaning(),
          fix,
        },
      ];
    if ((found.mode & worldWritable) === 0) {
      return [
        {
          level: "warning",
          text: m.doctor_intake_private({ intake }),
          meaning: m.doctor_intake_closed_meaning(),
          fix,
        },
      ];
    }
    return [ok(m.doctor_intake_ok({ intake }))];
  },
};
