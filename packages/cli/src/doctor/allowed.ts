import { loadAllowed } from "@culprit/agent/allowed";
import { m } from "@culprit/messages";
import { findingText } from "@culprit/messages/finding-text";
import { getLocale } from "@culprit/messages/runtime";
import { printable } from "../format/table.ts";
import { ok, type Check, type Finding } from "./finding.ts";

/** Root's own file of what the hub may ask of this machine: none is fine, one that can't be used is a surprise. */
export const allowed: Check = {
  name: "allowed",
  async look({ allowedFile: file, services: manager }) {
    const { problem, services, commands, benchmarks, probes } = await loadAllowed(file);
    if (problem?.code === "missing") return [ok(m.doctor_allowed_none({ file }))];
    if (problem)
      return [
        {
          level: "problem",
          text: printable(findingText(problem.said.finding, getLocale()) ?? problem.said.text),
          meaning: m.doctor_allowed_meaning(),
          fix:
            problem.code === "unsafe" ? m.doctor_allowed_unsafe_fix({ file }) : m.doctor_allowed_wrong_fix(),
        },
      ];
    const missing: Finding[] = [];
    for (const unit of new Set([...services.values()].map((service) => service.unit)))
      if (!(await manager.exists(unit)))
        missing.push({
          level: "warning",
          text: m.doctor_allowed_no_unit({ file, unit }),
          meaning: m.doctor_allowed_no_unit_meaning(),
        });
    if (missing.length > 0) return missing;
    const counts = { services: services.size, commands: commands.size };
    return [ok(m.doctor_allowed_ok({ file, ...counts, benchmarks: benchmarks.size, probes: probes.length }))];
  },
};
