import { microsPerSecond, type MachineState, type Micros } from "@culprit/protocol";
import type { MachineRow } from "../store/store.ts";

const contactWithin = 30 * microsPerSecond;
const samplesWithin = 60 * microsPerSecond;

/** `late`: heard of, but its newest sample, by the hub's clock, is old. `down` and `unreachable` need probes. */
export function stateOf(
  row: Pick<MachineRow, "paused" | "enrolledAt" | "lastContactAt" | "lastSampleAt" | "clockOffsetMicros">,
  connected: boolean,
  now: Micros,
): MachineState {
  if (row.paused) return "paused";
  const heard = row.lastContactAt !== null && now - row.lastContactAt <= contactWithin;
  if (!connected && !heard) return "silent";
  // A machine that has just enrolled has a minute to send its first sample. A clock that is behind makes samples look
  // old; of one that is ahead the store notes the arrival instead.
  const behind = Math.min(0, row.clockOffsetMicros ?? 0);
  const newest = row.lastSampleAt === null ? row.enrolledAt : row.lastSampleAt - behind;
  return now - newest <= samplesWithin ? "online" : "late";
}
