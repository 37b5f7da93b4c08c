/** A check's results as facts: what was believed of it, after its retries. Where no result came nothing is known. */
import { believe, nothingBelieved, type Belief } from "@culprit/probes";
import type { AvailabilityKind, CheckState, Micros } from "@culprit/protocol";
import { tellsFor } from "../checks/checks.ts";
import type { CheckResultRow, CheckRow } from "../store/store.ts";
import type { Fact } from "./history.ts";

const kinds: Record<CheckState, AvailabilityKind> = {
  ok: "up",
  warning: "up",
  critical: "down",
  unknown: "unknown",
};

type Result = Pick<CheckResultRow, "at" | "state" | "text" | "finding">;

/** `results` by time. */
export function factsOfCheck(
  check: CheckRow,
  results: readonly Result[],
  now: Micros,
  textOf: (result: Result) => string,
): Fact[] {
  const facts: Fact[] = [];
  const stays = tellsFor(check);
  const add = (fact: Fact) => {
    if (facts.at(-1)?.kind !== fact.kind || facts.at(-1)?.incident !== fact.incident) facts.push(fact);
  };
  const nothing = (at: Micros): Fact => ({ at, kind: "unknown", incident: null, cause: [] });
  let belief: Belief = nothingBelieved;
  let last: Micros | null = null;
  for (const result of results) {
    const { at, state } = result;
    if (last !== null && at - last > stays) {
      add(nothing(last + stays));
      belief = nothingBelieved;
    }
    belief = believe(belief, { state, at }, check.retries);
    last = at;
    if (belief.state === null) continue;
    const isNews = facts.at(-1)?.kind !== kinds[belief.state];
    // What got worse began with the first result that showed it.
    const began = isNews ? Math.max(belief.since ?? at, (facts.at(-1)?.at ?? -Infinity) + 1) : at;
    const incident = belief.state === "critical" ? "critical" : null;
    add({
      at: began,
      kind: kinds[belief.state],
      incident,
      cause: [],
      ...(incident ? { text: textOf(result) } : {}),
    });
  }
  if (last !== null && now - last > stays) add(nothing(last + stays));
  return facts;
}
