import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { m } from "@culprit/messages";
import { ok, type Check } from "./finding.ts";

export const pressure: Check = {
  name: "pressure",
  async look({ proc }) {
    const readable = await readFile(join(proc, "pressure/cpu"), "utf8").catch(() => null);
    if (readable !== null) return [ok(m.doctor_pressure_ok())];
    return [
      {
        level: "warning",
        text: m.doctor_pressure_none(),
        meaning: m.doctor_pressure_meaning(),
        fix: m.doctor_pressure_fix(),
      },
    ];
  },
};
