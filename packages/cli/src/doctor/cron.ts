import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { m } from "@culprit/messages";
import { culpritRun } from "../shipped.ts";
import { ok, type Check } from "./finding.ts";

/** cron does not know a user's PATH: a crontab that says `culprit-run` finds it only in cron's own. */
export const cron: Check = {
  name: "cron",
  async look({ cronPath }) {
    const path = cronPath.join(":");
    for (const folder of cronPath) {
      const file = join(folder, "culprit-run");
      if (await executable(file)) return [ok(m.doctor_cron_ok({ file }))];
    }
    return [
      {
        level: "warning",
        text: m.doctor_cron_absent({ path }),
        meaning: m.doctor_cron_meaning(),
        fix: m.doctor_cron_fix({ shipped: culpritRun, folder: cronPath[0] ?? "/usr/bin" }),
      },
    ];
  },
};

async function executable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
