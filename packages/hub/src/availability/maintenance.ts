/** Planned maintenance comes, changes and goes. What has been in force stays so for the past: figures do not change afterwards. */
import {
  formatInstant,
  microsPerSecond,
  parseInstant,
  ProblemError,
  type Maintenance,
  type maintenanceChange,
  type MaintenanceInput,
  type MaintenanceSchedule,
  type Micros,
} from "@culprit/protocol";
import type { z } from "zod";
import type { Hub } from "../context.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import type { MaintenanceRow } from "../store/store.ts";
import { maintenanceTimes } from "./maintenance-times.ts";

const most = 1000;
const longestDays = 92;

export async function listMaintenance(hub: Hub): Promise<Maintenance[]> {
  return (await hub.store.maintenance.list()).map((row) => present(hub, row));
}

export async function addMaintenance(hub: Hub, input: MaintenanceInput, by: string): Promise<Maintenance> {
  refuseNonsense(input.schedule);
  const { machineId } = input.machine === undefined ? { machineId: 0 } : hub.fleet.machine(input.machine);
  const row = await make(hub, { machineId, name: input.name, schedule: input.schedule });
  await audit(hub, row, "maintenance.create", by);
  return present(hub, row);
}

/** A weekly one that was in force ends, and a new one begins: it has another id. */
export async function changeMaintenance(
  hub: Hub,
  id: string,
  change: z.infer<typeof maintenanceChange>,
  by: string,
): Promise<Maintenance> {
  const row = await find(hub, id);
  const { schedule, name } = change;
  if (schedule) refuseNonsense(schedule);
  const now = hub.clock.now();
  let changed: MaintenanceRow;
  if (schedule && row.schedule.kind === "weekly" && wasInForce(row, now)) {
    await hub.store.maintenance.change(row.maintenanceId, { until: now });
    changed = await make(hub, { machineId: row.machineId, name: name ?? row.name, schedule });
  } else {
    const from = schedule ? { from: beginOf(schedule, now) } : {};
    const wish = { ...(name === undefined ? {} : { name }), ...(schedule ? { schedule } : {}), ...from };
    await hub.store.maintenance.change(row.maintenanceId, wish);
    changed = { ...row, ...wish };
  }
  await audit(hub, changed, "maintenance.change", by);
  return present(hub, changed);
}

export async function removeMaintenance(hub: Hub, id: string, by: string): Promise<void> {
  const row = await find(hub, id);
  const now = hub.clock.now();
  if (wasInForce(row, now)) await hub.store.maintenance.change(row.maintenanceId, { until: now });
  else await hub.store.maintenance.remove(row.maintenanceId);
  await audit(hub, row, "maintenance.remove", by);
}

async function find(hub: Hub, id: string): Promise<MaintenanceRow> {
  const maintenanceId = readPublicId("w", id);
  const row = (await hub.store.maintenance.list()).find((one) => one.maintenanceId === maintenanceId);
  if (!row || row.until !== null) throw new ProblemError("not-found", `there is no maintenance ${id}`);
  return row;
}

async function make(
  hub: Hub,
  wish: Pick<MaintenanceRow, "machineId" | "name" | "schedule">,
): Promise<MaintenanceRow> {
  const now = hub.clock.now();
  const from = beginOf(wish.schedule, now);
  const row = await hub.store.maintenance.add({ ...wish, from, until: null, createdAt: now }, most);
  if (row === "too-many")
    throw new ProblemError("limit-exceeded", `there are ${most} already: remove what is over`, {
      limit: most,
    });
  return row;
}

/** One that is told afterwards counts for its time; what comes every week, from now on. */
const beginOf = (schedule: MaintenanceSchedule, now: Micros): Micros =>
  schedule.kind === "once" ? parseInstant(schedule.from)! : now;

const wasInForce = (row: MaintenanceRow, now: Micros): boolean =>
  maintenanceTimes(row, { from: row.from, to: now }).length > 0;

function refuseNonsense(schedule: MaintenanceSchedule): void {
  if (schedule.kind !== "once") return;
  const length = parseInstant(schedule.to)! - parseInstant(schedule.from)!;
  if (length <= 0) throw new ProblemError("invalid-request", "maintenance must start before it ends");
  if (length > longestDays * 86_400 * microsPerSecond)
    throw new ProblemError("limit-exceeded", `maintenance takes at most ${longestDays} days`, {
      limit: longestDays,
    });
}

function present(hub: Hub, row: MaintenanceRow): Maintenance {
  const { maintenanceId, machineId, name, schedule, until } = row;
  const now = hub.clock.now();
  return {
    id: publicId("w", maintenanceId),
    name,
    ...(machineId === 0 ? {} : { machine: hub.fleet.name(machineId), machineId: publicId("m", machineId) }),
    schedule,
    now: maintenanceTimes(row, { from: now, to: now + 1 }).length > 0,
    ...(until === null ? {} : { endedAt: formatInstant(until) }),
  };
}

async function audit(
  hub: Hub,
  { name, machineId, schedule }: MaintenanceRow,
  verb: "maintenance.create" | "maintenance.change" | "maintenance.remove",
  by: string,
): Promise<void> {
  const machine = machineId === 0 ? {} : { machine: hub.fleet.name(machineId) };
  await hub.access.audit(by, verb, name, JSON.stringify(schedule), machine);
}
