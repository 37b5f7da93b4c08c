/** Times in which what was believed of checks was not ok: from the stored transitions, and from what is believed now. */
import { formatInstant, type CheckIncident, type CheckState, type Micros } from "@culprit/protocol";
import type { Locale } from "../answers/why-text.ts";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { CheckRow, CheckTransitionRow } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";
import { beliefOf, tellsFor } from "./checks.ts";
import { saidText } from "./present.ts";

export type Incident = Omit<CheckTransitionRow, "state"> & {
  state: Exclude<CheckState, "ok">;
  /** Null while it lasts. */
  endedAt: Micros | null;
};

const mostTransitions = 5000;

/** Those that touch the window, newest first. */
export async function incidentsOf(
  hub: Hub,
  rows: readonly CheckRow[],
  window: MicrosWindow,
  most: number,
): Promise<Incident[]> {
  const stored = await hub.store.checks.transitions(
    rows.map(({ checkId }) => checkId),
    window,
    mostTransitions,
  );
  const byCheck = new Map<number, CheckTransitionRow[]>(rows.map(({ checkId }) => [checkId, []]));
  for (const transition of stored) byCheck.get(transition.checkId)!.push(transition);
  const now = hub.clock.now();
  return rows
    .flatMap((row) => incidentsIn(row, byCheck.get(row.checkId)!, window, now))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, most);
}

/** `transitions` of one check, by time, with the last before the window and the first after it. */
export function incidentsIn(
  row: CheckRow,
  transitions: readonly CheckTransitionRow[],
  { from, to }: MicrosWindow,
  now: Micros,
): Incident[] {
  const last = row.believedUntil + tellsFor(row);
  const known = withBelief(row, transitions);
  return known.flatMap((transition, index): Incident[] => {
    const { state } = transition;
    if (state === null || state === "ok" || transition.at >= to) return [];
    // After the last result nothing is known.
    const endedAt = known[index + 1]?.at ?? (last < now ? last : null);
    return endedAt !== null && endedAt <= from ? [] : [{ ...transition, state, endedAt }];
  });
}

/** What was believed before transitions were stored is known by its own time. */
function withBelief(row: CheckRow, transitions: readonly CheckTransitionRow[]): CheckTransitionRow[] {
  const { state, since } = beliefOf(row);
  const newest = transitions.at(-1);
  if (state === null || since === null || (newest && newest.at >= since)) return [...transitions];
  const { machineId, checkId } = row;
  return [...transitions, { machineId, checkId, at: since, state, text: "", finding: null }];
}

export function presentIncident(hub: Hub, incident: Incident, locale: Locale): CheckIncident {
  const { checkId, machineId, state, at, endedAt } = incident;
  return {
    checkId: publicId("c", checkId),
    check: hub.checks.get(checkId)?.name ?? publicId("c", checkId),
    ...(machineId === 0 ? {} : { machine: hub.fleet.name(machineId), machineId: publicId("m", machineId) }),
    state,
    startedAt: formatInstant(at),
    ...(endedAt === null ? {} : { endedAt: formatInstant(endedAt) }),
    text: saidText(incident, locale),
  };
}
