/** Two looks before a change to worse; one to better is believed at once, for it rests on something that was seen. */
import type { MachineState, Micros } from "@culprit/protocol";
import type { Finding } from "./judge.ts";

export type Believed = Finding & { since: Micros };

/** Findings that are worse than what is believed, one after the other. */
export type Doubt = { looks: number; since: Micros };

export type Belief = { believed: Believed | null; doubt: Doubt | null };

const badness: Record<MachineState, number> = {
  paused: 0,
  online: 0,
  late: 1,
  silent: 2,
  unreachable: 3,
  down: 4,
};
export const looksNeeded = 2;

/** What was never believed anything of is as one that is silent: worse is not said at once. */
export function believeState(
  { believed, doubt }: Belief,
  finding: Finding,
  at: { now: Micros; lastSignAt: Micros },
): Belief {
  if (believed?.state === finding.state) return { believed: { ...believed, ...finding }, doubt: null };
  const before = badness[believed?.state ?? "silent"];
  if (badness[finding.state] <= before)
    return { believed: { ...finding, since: after(believed, at.now) }, doubt: null };
  const looks = (doubt?.looks ?? 0) + 1;
  const since = doubt?.since ?? at.now;
  if (looks < looksNeeded) return { believed, doubt: { looks, since } };
  // It went when it gave its last sign of life, not when that was noticed; what lags was alive meanwhile.
  const began = finding.state === "late" ? since : at.lastSignAt;
  return { believed: { ...finding, since: after(believed, began) }, doubt: null };
}

/** One state after the other, whatever the clocks did. */
function after(believed: Believed | null, at: Micros): Micros {
  return believed ? Math.max(at, believed.since + 1) : at;
}
