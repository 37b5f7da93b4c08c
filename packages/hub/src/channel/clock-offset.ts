/** How far the clock of an agent is from ours, from one ping there and back. Pure. */
import { microsPerSecond, type Micros } from "@culprit/protocol";

/** A way that is slower may be slow in one direction alone, and then half of the time on it looks like a clock that is off. */
const mostDoubt = microsPerSecond / 2;

export type PingAnswered = {
  /** The agent's clock, when it answered. */
  clock: Micros;
  /** Ours, when the answer came. */
  now: Micros;
  roundTrip: Micros;
  /** What a ping of less doubt has told before; null if none has. */
  known: Micros | null;
};

/**
 * The agent's clock minus ours. The agent read it at some moment of the round trip, most likely half way; where that leaves
 * much doubt, only as much as must be is told, and null if what was known, or no difference at all, may be right.
 */
export function clockOffsetBy({ clock, now, roundTrip, known }: PingAnswered): Micros | null {
  const doubt = roundTrip / 2;
  const offset = Math.round(clock - (now - doubt));
  if (doubt <= mostDoubt) return offset;
  const usual = known ?? 0;
  if (Math.abs(offset - usual) <= doubt) return null;
  return Math.round(offset > usual ? offset - doubt : offset + doubt);
}
