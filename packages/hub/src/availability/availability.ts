/** How much of a time machines and checks were up, with what happened. */
import {
  formatInstant,
  microsPerSecond,
  ProblemError,
  type Availability,
  type availabilityQuery,
  type FleetAvailability,
  type Micros,
} from "@culprit/protocol";
import type { z } from "zod";
import type { Locale } from "../answers/why-text.ts";
import { checkOf } from "../checks/change.ts";
import { saidText } from "../checks/present.ts";
import type { Hub } from "../context.ts";
import { toldZone } from "../fleet/zone.ts";
import { publicId } from "../public-ids.ts";
import type { BlindTime, HealthRow, MachineRow } from "../store/store.ts";
import { readWindow } from "../window.ts";
import { factsOfCheck } from "./check-facts.ts";
import { factOfState, historyOf, type History } from "./history.ts";
import { maintenanceTimes } from "./maintenance-times.ts";
import { measured } from "./measure.ts";
import { daysOf, type Interval } from "./spans.ts";

const day = 86_400 * microsPerSecond;
const usualDays = 30;
const longestDays = 400;
const mostIncidents = 500;
const mostIncidentsInList = 20;
const mostResults = 500_000;

type Query = z.infer<typeof availabilityQuery>;

export async function machineAvailability(hub: Hub, reference: string, query: Query): Promise<Availability> {
  const row = hub.fleet.machine(reference);
  const { window, now } = windowOf(hub, query);
  const around = await surroundings(hub, window, now);
  const rows = await hub.store.health.transitions(window, [row.machineId]);
  const history = historyOfMachine(row, rows, { window, now, ...around });
  const zone = query.timeZone ?? toldZone(row) ?? "UTC";
  return {
    window: presentWindow(window),
    timeZone: zone,
    machine: row.name,
    machineId: publicId("m", row.machineId),
    ...measured(history, mostIncidents),
    days: daysOf(history.spans, window, zone, history.began),
    blind: around.blind.map(presentBlind),
  };
}

export async function fleetAvailability(hub: Hub, query: Query): Promise<FleetAvailability> {
  const { window, now } = windowOf(hub, query);
  const [around, rows] = await Promise.all([
    surroundings(hub, window, now),
    hub.store.health.transitions(window),
  ]);
  const byMachine = new Map<number, HealthRow[]>();
  for (const row of rows) {
    const own = byMachine.get(row.machineId);
    if (own) own.push(row);
    else byMachine.set(row.machineId, [row]);
  }
  return {
    window: presentWindow(window),
    items: hub.fleet.all().map((row) => ({
      machine: row.name,
      machineId: publicId("m", row.machineId),
      ...measured(
        historyOfMachine(row, byMachine.get(row.machineId) ?? [], { window, now, ...around }),
        mostIncidentsInList,
      ),
    })),
    blind: around.blind.map(presentBlind),
  };
}

/** From the check's results, which are kept as long as samples. */
export async function checkAvailability(
  hub: Hub,
  reference: string,
  query: Query,
  locale: Locale,
): Promise<Availability> {
  const check = checkOf(hub, reference);
  const { window, now } = windowOf(hub, query);
  const { blind, maintenance } = await surroundings(hub, window, now);
  const results = await hub.store.checks.results(
    [check.checkId],
    { from: window.from - day, to: window.to },
    mostResults,
  );
  const own = check.machineId === 0 ? [] : (maintenance.get(check.machineId) ?? []);
  const facts = factsOfCheck(check, results.toReversed(), now, (result) => saidText(result, locale));
  const history = historyOf(facts, since(check.createdAt, window), {
    // An agent looks while no hub does.
    blind: check.machineId === 0 ? blind.map((one) => intervalOf(one, now)) : [],
    maintenance: [...(maintenance.get(0) ?? []), ...own],
    now,
  });
  const zone = query.timeZone ?? "UTC";
  return {
    window: presentWindow(window),
    timeZone: zone,
    check: check.name,
    checkId: publicId("c", check.checkId),
    ...measured(history, mostIncidents),
    days: daysOf(history.spans, window, zone, history.began),
    blind: blind.map(presentBlind),
  };
}

/** What has not come yet is no part of it. */
function windowOf(hub: Hub, query: Query): { window: Interval; now: Micros } {
  const now = hub.clock.now();
  const window = readWindow(query, now, usualDays * 86_400);
  if (window.to - window.from > longestDays * day)
    throw new ProblemError("limit-exceeded", `the window is longer than ${longestDays} days`, {
      limit: longestDays,
    });
  return { window: { from: Math.min(window.from, now), to: Math.min(window.to, now) }, now };
}

type Surroundings = { blind: BlindTime[]; maintenance: Map<number, Interval[]> };

async function surroundings(hub: Hub, window: Interval, now: Micros): Promise<Surroundings> {
  const [blind, planned] = await Promise.all([
    hub.store.health.blindTimes(window),
    hub.store.maintenance.list(),
  ]);
  const maintenance = new Map<number, Interval[]>();
  for (const row of planned)
    maintenance.set(row.machineId, [
      ...(maintenance.get(row.machineId) ?? []),
      ...maintenanceTimes(row, { from: window.from, to: Math.min(window.to, now) }),
    ]);
  return { blind, maintenance };
}

function historyOfMachine(
  { machineId, enrolledAt }: MachineRow,
  rows: readonly HealthRow[],
  { window, now, blind, maintenance }: Surroundings & { window: Interval; now: Micros },
): History {
  return historyOf(rows.map(factOfState), since(enrolledAt, window), {
    blind: blind.map((one) => intervalOf(one, now)),
    maintenance: [...(maintenance.get(0) ?? []), ...(maintenance.get(machineId) ?? [])],
    now,
  });
}

/** Before it was there it was neither up nor down, nor unknown. */
const since = (began: Micros, window: Interval): Interval => ({
  from: Math.min(window.to, Math.max(window.from, began)),
  to: window.to,
});
const intervalOf = ({ beganAt, endedAt }: BlindTime, now: Micros): Interval => ({
  from: beganAt,
  to: endedAt ?? now,
});
const presentWindow = ({ from, to }: Interval) => ({ from: formatInstant(from), to: formatInstant(to) });
const presentBlind = ({ beganAt, endedAt, cause }: BlindTime) => ({
  from: formatInstant(beganAt),
  to: endedAt === null ? null : formatInstant(endedAt),
  cause,
});
