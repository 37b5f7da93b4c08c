import { hubBenchmarks } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { clientOf } from "../connection.ts";
import { printable } from "../format/table.ts";
import type { Check } from "./finding.ts";

/** Whether the hub itself became slower, by its own benchmarks. */
export const hubSpeed: Check = {
  name: "hub-speed",
  async look({ connection, probe }) {
    if (probe.kind !== "hub" || !probe.identity || probe.identity.role === "machine") return [];
    const { reasons } = await clientOf(connection).get("/hub/benchmarks", hubBenchmarks);
    return reasons.map(({ text }) => ({
      level: "warning",
      text: m.doctor_hub_slower({ reason: printable(text) }),
      meaning: m.doctor_hub_slower_meaning(),
      fix: m.doctor_hub_slower_fix(),
    }));
  },
};
