/** What contacts alone say of a machine, while nobody watches: nothing more than `silent` of one that is not heard. */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type { MachineRow } from "../../store/store.ts";
import { judge, type Finding } from "./judge.ts";

const contactWithin = 30 * microsPerSecond;
const samplesWithin = 60 * microsPerSecond;

export function stateByContacts(row: MachineRow, connected: boolean, now: Micros): Finding {
  const { paused, lastContactAt } = row;
  const isHeard = connected || (lastContactAt !== null && now - lastContactAt <= contactWithin);
  const finding = judge({
    paused,
    heard: isHeard ? "lately" : "missed",
    lastContactAt,
    samplesLag: samplesAge(row, now) > samplesWithin,
    newestSampleAt: row.lastSampleAt,
    probe: { result: "nothing-to-probe", reason: "cannot-ask" },
    peers: { see: [], seeNothing: [] },
    witness: { by: "alone" },
  });
  if (!("state" in finding)) return { state: "silent", evidence: [] };
  // Nobody tried to probe it.
  return { ...finding, evidence: finding.evidence.filter(({ code }) => code !== "nothing-to-probe") };
}

/**
 * Of the newest sample; of a machine that has just enrolled, since then. A clock that is behind makes samples look old; of one
 * that is ahead the store notes the arrival instead.
 */
export function samplesAge(
  row: Pick<MachineRow, "enrolledAt" | "lastSampleAt" | "clockOffsetMicros">,
  now: Micros,
): Micros {
  const behind = Math.min(0, row.clockOffsetMicros ?? 0);
  return now - (row.lastSampleAt === null ? row.enrolledAt : row.lastSampleAt - behind);
}
