import { formatDuration } from "@culprit/charts";
import type { Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";

/** Runs of a machine whose clock is off by more are flagged by the hub. */
const tolerableSeconds = 2;

/** How far a machine's clock is from the hub's; undefined if that is nothing to speak of. */
export function clockSentence(
  { clockOffsetSeconds = 0 }: Pick<Machine, "clockOffsetSeconds">,
  locale: string,
): string | undefined {
  if (Math.abs(clockOffsetSeconds) < tolerableSeconds) return undefined;
  const offset = formatDuration(Math.abs(clockOffsetSeconds), locale);
  return clockOffsetSeconds > 0 ? m.machine_clock_ahead({ offset }) : m.machine_clock_behind({ offset });
}
