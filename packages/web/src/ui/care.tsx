/** Why a run's record should be read with care. */
import type { Execution } from "@culprit/protocol";
import { m } from "@culprit/messages";

type Flag = Execution["flags"][number];

export const flagNames: Record<Flag, () => string> = {
  future: m.flag_future,
  "clock-skew": m.flag_clock_skew,
  "name-cleaned": m.flag_name_cleaned,
  "name-grouped": m.flag_name_grouped,
  observed: m.flag_observed,
  "ambiguous-time": m.flag_ambiguous_time,
  "duration-unknown": m.flag_duration_unknown,
  sampled: m.flag_sampled,
  "use-implausible": m.flag_use_implausible,
};

const ofTime: ReadonlySet<Flag> = new Set(["future", "clock-skew", "ambiguous-time", "duration-unknown"]);

/** What makes a run's times doubtful; empty if nothing does. */
export function doubtfulTime(flags: readonly Flag[]): string {
  return flags
    .filter((flag) => ofTime.has(flag))
    .map((flag) => flagNames[flag]())
    .join(", ");
}

export function DoubtfulTime({ flags }: { flags: readonly Flag[] }) {
  const text = doubtfulTime(flags);
  return text === "" ? null : <span className="mark mark-late small">{text}</span>;
}
