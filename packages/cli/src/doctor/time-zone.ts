import { m } from "@culprit/messages";
import { ok, type Check } from "./finding.ts";

export const timeZone: Check = {
  name: "time-zone",
  async look({ terminal }) {
    const asked = terminal.environment["TZ"]?.replace(/^:/, "");
    if (asked && !known(asked)) {
      return [{ level: "warning", text: m.doctor_zone_unknown({ zone: asked }), fix: m.doctor_zone_fix() }];
    }
    return [ok(m.doctor_zone_ok({ zone: terminal.timeZone }))];
  },
};

function known(zone: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
