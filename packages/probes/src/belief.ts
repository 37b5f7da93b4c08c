/**
 * What is believed of a check after each result. A result that is worse is believed when it came once and then `retries`
 * times more; one that is better at once. Flapping is the share of changes among the newest 20 results, newer ones weighing
 * more: it begins above 30% and ends below 25%, as in Icinga and Nagios
 * (https://icinga.com/docs/icinga-2/latest/doc/08-advanced-topics/#check-flapping).
 */
import { checkSeverity, type CheckState } from "@culprit/protocol";

export type Belief = {
  /** Null before anything is believed. */
  state: CheckState | null;
  /** When the first result of the state came, in microseconds since 1970. */
  since: number | null;
  /** Results that are worse than what is believed, and not believed yet. */
  doubts: { count: number; since: number } | null;
  /** Newest last. */
  recent: CheckState[];
  flapping: boolean;
};

export const nothingBelieved: Belief = {
  state: null,
  since: null,
  doubts: null,
  recent: [],
  flapping: false,
};

const remembered = 20;
const flapsAbove = 0.3;
const calmBelow = 0.25;

export function believe(before: Belief, result: { state: CheckState; at: number }, retries: number): Belief {
  const { state, at } = result;
  const recent = [...before.recent, state].slice(-remembered);
  const changes = shareOfChanges(recent);
  const flapping = before.flapping ? changes >= calmBelow : changes > flapsAbove;
  const next = { ...before, recent, flapping };
  if (before.state === state) return { ...next, doubts: null };
  const worse = checkSeverity({ state }) > checkSeverity({ state: before.state ?? "ok" });
  if (!worse) return { ...next, state, since: at, doubts: null };
  const doubts = { count: (before.doubts?.count ?? 0) + 1, since: before.doubts?.since ?? at };
  // Bad after bad counts, whichever it is: what is believed is the newest.
  if (doubts.count > retries) return { ...next, state, since: doubts.since, doubts: null };
  return { ...next, doubts };
}

/** 0..1; each change weighs from 0.8, the oldest, to 1.2, the newest. Few results tell of no flapping. */
function shareOfChanges(recent: readonly CheckState[]): number {
  if (recent.length < remembered / 2) return 0;
  let changes = 0;
  for (let index = 1; index < recent.length; index++)
    if (recent[index] !== recent[index - 1]) changes += 0.8 + (0.4 * index) / (remembered - 1);
  return changes / (remembered - 1);
}
