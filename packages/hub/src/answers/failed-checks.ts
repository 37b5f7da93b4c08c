/** Checks that were not well while a run ran: of its machine, and of the hub where they look at that machine. */
import { m } from "@culprit/messages";
import { checkStateNames } from "@culprit/messages/check-names";
import {
  checkSeverity,
  microsPerSecond,
  type CheckIncident,
  type CheckTarget,
  type Micros,
} from "@culprit/protocol";
import { incidentsOf, presentIncident, type Incident } from "../checks/incidents.ts";
import type { Hub } from "../context.ts";
import { zoneOf } from "../fleet/zone.ts";
import type { CheckRow, MachineRow } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";
import type { Locale } from "./why-text.ts";

const mostTold = 20;
const mostSaid = 2;

export type FailedChecks = { checks: CheckIncident[]; clauses: string[] };

/** What a check could not find out is no evidence of anything. */
export async function failedChecks(
  hub: Hub,
  machineId: number,
  window: MicrosWindow,
  locale: Locale,
): Promise<FailedChecks> {
  const machine = hub.fleet.get(machineId);
  const rows = hub.checks
    .all()
    .filter(
      (row) => row.machineId === machineId || (machine && row.machineId === 0 && looksAt(row, machine)),
    );
  const found = (await incidentsOf(hub, rows, window, 10 * mostTold))
    .filter(({ state }) => state !== "unknown")
    .slice(0, mostTold);
  const zone = zoneOf(machine);
  return {
    checks: found.map((incident) => presentIncident(hub, incident, locale)),
    clauses: clausesOf(
      found,
      (checkId) => hub.checks.get(checkId)?.name ?? "",
      (at) => timeText(at, window.from, locale, zone),
      locale,
    ),
  };
}

/** By the name that the machine has here or itself. */
function looksAt({ target }: Pick<CheckRow, "target">, { name, computer }: MachineRow): boolean {
  const host = hostOf(target)?.toLowerCase();
  return host !== undefined && [name, computer?.hostName].some((one) => one?.toLowerCase() === host);
}

function hostOf(target: CheckTarget): string | undefined {
  if (target.kind === "http") return new URL(target.url).hostname;
  return target.kind === "tcp" || target.kind === "ping" ? target.host : undefined;
}

/** One for each check, the worst first; after the first few only how many there are. */
export function clausesOf(
  incidents: readonly Incident[],
  nameOf: (checkId: number) => string,
  time: (at: Micros) => string,
  locale: Locale,
): string[] {
  const ids = [...new Set(incidents.map(({ checkId }) => checkId))];
  const subjects = ids
    .map((checkId) => {
      const own = incidents.filter((one) => one.checkId === checkId).toSorted((a, b) => a.at - b.at);
      const worst = own.toSorted((a, b) => checkSeverity(b) - checkSeverity(a))[0]!;
      return { own, state: worst.state, check: nameOf(checkId) };
    })
    .toSorted((a, b) => checkSeverity(b) - checkSeverity(a));
  const said = subjects.slice(0, mostSaid).map(({ own, state, check }) => {
    const worst = own.filter((one) => one.state === state);
    const [first, last] = [worst[0]!, worst.at(-1)!];
    const inputs = {
      check,
      state: checkStateNames[state]({}, { locale }),
      from: time(first.at),
      to: last.endedAt === null ? "" : time(last.endedAt),
      count: worst.length,
    };
    if (last.endedAt === null) return m.tell_why_check_lasting(inputs, { locale });
    return worst.length === 1
      ? m.tell_why_check(inputs, { locale })
      : m.tell_why_check_often(inputs, { locale });
  });
  const more = subjects.length - said.length;
  return more === 0 ? said : [...said, m.tell_why_checks_more({ count: more }, { locale })];
}

/** `02:10`; with its day where that is not the day of `reference`. */
function timeText(at: Micros, reference: Micros, locale: Locale, zone: string): string {
  const tag = locale === "en" ? "en-GB" : locale;
  const day = new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", timeZone: zone });
  const time = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", timeZone: zone });
  const millis = (micros: Micros) => (micros / microsPerSecond) * 1000;
  const shown = time.format(millis(at));
  const date = day.format(millis(at));
  return date === day.format(millis(reference)) ? shown : `${date} ${shown}`;
}
