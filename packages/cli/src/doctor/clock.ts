import { m } from "@culprit/messages";
import { duration } from "../format/quantity.ts";
import { ok, type Check } from "./finding.ts";

const tolerableSeconds = 2;

export const clock: Check = {
  name: "clock",
  async look({ probe }) {
    if (probe.kind !== "hub" || probe.clockAheadSeconds === null) return [];
    const difference = Math.abs(probe.clockAheadSeconds);
    if (difference <= tolerableSeconds) return [ok(m.doctor_clock_ok())];
    const amount = duration(difference);
    return [
      {
        level: "warning",
        text:
          probe.clockAheadSeconds > 0 ? m.doctor_clock_ahead({ amount }) : m.doctor_clock_behind({ amount }),
        meaning: m.doctor_clock_meaning(),
        fix: m.doctor_clock_fix(),
      },
    ];
  },
};
