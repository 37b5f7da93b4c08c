/** Of each process what is expected on its machines, when it is due next, and what was noticed last. */
import type { Expectation, SupervisionEvent } from "@culprit/protocol";

export type Supervised = ReadonlyMap<
  string,
  { expectations: Expectation[]; nextStartAt?: string; lastEvent?: SupervisionEvent }
>;

/** `events` are sorted, the newest first. */
export function supervisionOf(
  expectations: readonly Expectation[],
  events: readonly SupervisionEvent[],
): Supervised {
  const all = new Map<
    string,
    { expectations: Expectation[]; nextStartAt?: string; lastEvent?: SupervisionEvent }
  >();
  const of = (processId: string) => {
    const known = all.get(processId) ?? { expectations: [] };
    all.set(processId, known);
    return known;
  };
  for (const expectation of expectations) {
    if (!expectation.inForce) continue;
    const { nextStartAt, processId } = expectation;
    const state = of(processId);
    state.expectations.push(expectation);
    // The hub writes instants in one form, so that text compares as time does.
    if (nextStartAt !== undefined && (state.nextStartAt === undefined || nextStartAt < state.nextStartAt))
      state.nextStartAt = nextStartAt;
  }
  for (const event of events) of(event.processId).lastEvent ??= event;
  return all;
}
