/** Expectations and events as the API shows them. */
import { formatInstant, type Expectation, type SupervisionEvent } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { ExpectationRow, SupervisionEventRow } from "../store/store.ts";
import { cronOf, nextCronStart } from "./expected-starts.ts";
import { inForce } from "./supervision.ts";

export async function presentExpectations(hub: Hub, rows: readonly ExpectationRow[]): Promise<Expectation[]> {
  const names = await hub.catalogue.processes.namesOf(rows.map(({ processId }) => processId));
  const valid = new Set(inForce(await hub.supervision.all()).map(({ expectationId }) => expectationId));
  return rows
    .map((row) => {
      const inForce = valid.has(row.expectationId);
      return {
        id: publicId("x", row.expectationId),
        process: names.get(row.processId)!,
        processId: publicId("p", row.processId),
        machine: hub.fleet.name(row.machineId),
        machineId: publicId("m", row.machineId),
        source: row.source,
        inForce,
        ...(row.cron === null ? {} : { cron: row.cron }),
        ...(row.timeZone === null ? {} : { timeZone: row.timeZone }),
        ...(row.everySeconds === null ? {} : { everySeconds: row.everySeconds }),
        graceSeconds: row.graceSeconds,
        ...(row.maxSeconds === null ? {} : { maxSeconds: row.maxSeconds }),
        ...(row.minSeconds === null ? {} : { minSeconds: row.minSeconds }),
        enabled: row.enabled,
        ...(row.confidence === null ? {} : { confidenceShare: row.confidence }),
        changedAt: formatInstant(row.changedAt),
        ...(inForce ? nextStartOf(hub, row) : {}),
      };
    })
    .toSorted((a, b) => a.process.localeCompare(b.process) || a.machine.localeCompare(b.machine));
}

function nextStartOf({ clock, sweep }: Hub, row: ExpectationRow): { nextStartAt?: string } {
  const schedule = cronOf(row);
  const next = schedule ? nextCronStart(schedule, clock.now()) : row.everySeconds && sweep.nextStart(row);
  return next ? { nextStartAt: formatInstant(next) } : {};
}

export async function presentEvents(
  hub: Hub,
  rows: readonly SupervisionEventRow[],
): Promise<SupervisionEvent[]> {
  const names = await hub.catalogue.processes.namesOf(rows.map(({ processId }) => processId));
  return rows.map((row) => ({
    id: publicId("e", row.eventId),
    process: names.get(row.processId)!,
    processId: publicId("p", row.processId),
    machine: hub.fleet.name(row.machineId),
    machineId: publicId("m", row.machineId),
    kind: row.kind,
    at: formatInstant(row.beganAt),
    noticedAt: formatInstant(row.noticedAt),
    ...(row.expectedAt === null ? {} : { expectedAt: formatInstant(row.expectedAt) }),
    ...(row.executionId === null ? {} : { executionId: row.executionId }),
    detail: row.detail,
    ...(row.endedAt === null ? {} : { endedAt: formatInstant(row.endedAt) }),
    ...(row.ending === null ? {} : { ending: row.ending }),
    withdrawn: row.withdrawn,
  }));
}
