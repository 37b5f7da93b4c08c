/** A person sets, changes and removes expectations; each is written to the audit. */
import { ProblemError, type ExpectationChange, type ExpectationInput } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { toldZone } from "../fleet/zone.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import type { ExpectationRow } from "../store/store.ts";

export async function setExpectation(
  hub: Hub,
  { process, machine, ...wish }: ExpectationInput,
  actor: string,
): Promise<ExpectationRow> {
  const machineRow = hub.fleet.machine(machine);
  const { machineId } = machineRow;
  const processId = await processFor(hub, process);
  const timeZone = wish.timeZone ?? toldZone(machineRow);
  const row = await hub.supervision.expect({ ...wish, timeZone, processId, machineId, source: "set" });
  await hub.access.audit(actor, "expectation.set", publicId("x", row.expectationId), describe(row));
  return row;
}

/** A learnt or a client's expectation that a person changes becomes the person's word. */
export async function changeExpectation(
  hub: Hub,
  reference: string,
  change: ExpectationChange,
  actor: string,
): Promise<ExpectationRow> {
  const { cron, everySeconds, ...before } = await expectationOf(hub, reference);
  const { machineId, processId } = before;
  const machine = hub.fleet.get(machineId);
  // Another kind of schedule takes the place of the one before.
  const schedule =
    change.cron == null && change.everySeconds == null
      ? { cron, everySeconds }
      : { cron: null, everySeconds: null };
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const row = await hub.supervision.expect({
    timeZone: before.timeZone ?? (machine && toldZone(machine)),
    graceSeconds: before.graceSeconds,
    maxSeconds: before.maxSeconds,
    minSeconds: before.minSeconds,
    enabled: before.enabled,
    ...schedule,
    ...given,
    machineId,
    processId,
    source: "set",
  });
  await hub.access.audit(actor, "expectation.change", publicId("x", row.expectationId), describe(row));
  return row;
}

export async function removeExpectation(hub: Hub, reference: string, actor: string): Promise<void> {
  const row = await expectationOf(hub, reference);
  await hub.supervision.forget(row);
  await hub.access.audit(actor, "expectation.remove", publicId("x", row.expectationId), describe(row));
}

async function expectationOf(hub: Hub, reference: string): Promise<ExpectationRow> {
  const id = readPublicId("x", reference);
  const row = id === null ? undefined : await hub.supervision.byId(id);
  if (!row) throw new ProblemError("not-found", `there is no expectation ${reference}`);
  return row;
}

/** A job may be expected before its first run. */
async function processFor({ catalogue }: Hub, reference: string): Promise<number> {
  if (readPublicId("p", reference) !== null) return (await catalogue.process(reference)).processId;
  const [processId] = await catalogue.processes.idsOf([reference]);
  return processId!;
}

function describe(row: ExpectationRow): string {
  const schedule =
    row.cron === null
      ? row.everySeconds === null
        ? "no schedule"
        : `every ${row.everySeconds} s`
      : `${row.cron} ${row.timeZone}`;
  return `${publicId("p", row.processId)} on ${publicId("m", row.machineId)}: ${schedule}${row.enabled ? "" : ", off"}`;
}
