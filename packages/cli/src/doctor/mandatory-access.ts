import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { m } from "@culprit/messages";
import { ok, type Check } from "./finding.ts";

/** SELinux and AppArmor may forbid a job what file permissions allow. */
export const mandatoryAccess: Check = {
  name: "mandatory-access",
  async look({ sys, intake }) {
    const read = (path: string) => readFile(join(sys, path), "utf8").catch(() => "");
    if ((await read("fs/selinux/enforce")).trim() === "1") {
      return [
        {
          level: "warning",
          text: m.doctor_selinux(),
          meaning: m.doctor_selinux_meaning(),
          fix: m.doctor_selinux_fix({ intake }),
        },
      ];
    }
    if ((await read("module/apparmor/parameters/enabled")).trim() === "Y") {
      return [ok(m.doctor_apparmor({ intake }))];
    }
    return [ok(m.doctor_no_mandatory_access())];
  },
};
