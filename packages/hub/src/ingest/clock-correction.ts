/**
 * Instants of a machine whose clock is known to be so far ahead that they could not be kept: they are corrected by what was
 * measured. Those that could be are left as they are and flagged, for a clock may have been mended since.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import { clockTolerance, type TimeLimits } from "./execution-input.ts";

/** How far a clock is ahead, if it is by more than is kept; else 0. */
export function aheadBeyond(clockOffsetMicros: number | null, { futureHours }: TimeLimits): Micros {
  const ahead = clockOffsetMicros ?? 0;
  return ahead > futureHours * 3600 * microsPerSecond ? ahead : 0;
}

/** Limits in which instants of that clock are taken before they are corrected. */
export function limitsAhead(times: TimeLimits, ahead: Micros): TimeLimits {
  return ahead === 0 ? times : { ...times, now: times.now + ahead };
}

/** What lies in the past may be of a time when the clock was right. */
export function corrected(at: Micros, ahead: Micros, now: Micros): Micros {
  return ahead > 0 && at > now + clockTolerance ? at - ahead : at;
}
