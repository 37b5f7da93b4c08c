/** Checks come, change and go; each act is audited, and the machine's agent is told at once. */
import {
  checkChange,
  checkResult,
  checksPerMachine,
  cleanOutput,
  parseInstant,
  ProblemError,
  readFinding,
  withKnownSecrets,
  type CheckInput,
  type CheckTarget,
} from "@culprit/protocol";
import { isRemote } from "@culprit/probes";
import type { z } from "zod";
import type { Hub } from "../context.ts";
import { audited } from "../control/audited.ts";
import { publicId, readPublicId } from "../public-ids.ts";
import type { CheckResultRow, CheckRow } from "../store/store.ts";

/** By `c_8`, or by its name if only one check has it. */
export function checkOf(hub: Hub, reference: string): CheckRow {
  const id = readPublicId("c", reference);
  const rows =
    id === null
      ? hub.checks.all().filter(({ name }) => name.toLowerCase() === reference.toLowerCase())
      : [hub.checks.get(id)].flatMap((row) => row ?? []);
  if (rows.length === 0) throw new ProblemError("not-found", `there is no check ${reference}`);
  if (rows.length > 1)
    throw new ProblemError("ambiguous", `several machines have a check ${reference}: give its id`);
  return rows[0]!;
}

export async function addCheck(hub: Hub, input: CheckInput, by: string): Promise<CheckRow> {
  const { machine, ...check } = input;
  const machineId = machine === undefined ? 0 : hub.fleet.machine(machine).machineId;
  refuseOwnKindOfHub(machineId, check.target);
  secretsKept(check.target, undefined);
  const row = await hub.checks.add({ ...check, machineId }, checksPerMachine);
  if (row === "name-taken")
    throw new ProblemError("conflict", `there is a check named ${check.name} already`);
  if (row === "too-many")
    throw new ProblemError("limit-exceeded", `a machine has at most ${checksPerMachine} checks`, {
      limit: checksPerMachine,
    });
  await audit(hub, row, "check.create", by);
  return row;
}

/** CPU, memory, disk and one service, every minute: what the first check loop looked at. Those that exist stay. */
export async function addBasicChecks(
  hub: Hub,
  { machine, service }: { machine: string; service: string },
  by: string,
): Promise<CheckRow[]> {
  const targets: CheckTarget[] = [
    { kind: "cpu", warningPercent: 90, criticalPercent: 98 },
    { kind: "memory", warningPercent: 90, criticalPercent: 97 },
    { kind: "disk", warningPercent: 85, criticalPercent: 95 },
    { kind: "service", service },
  ];
  const { machineId } = hub.fleet.machine(machine);
  const rows: CheckRow[] = [];
  for (const target of targets) {
    const name = target.kind === "service" ? service : target.kind;
    const there = hub.checks.of(machineId).find((row) => row.name.toLowerCase() === name.toLowerCase());
    rows.push(
      there ??
        (await addCheck(
          hub,
          { name, machine, target, intervalSeconds: 60, timeoutSeconds: 10, retries: 2, running: true },
          by,
        )),
    );
  }
  return rows;
}

export async function changeCheck(
  hub: Hub,
  reference: string,
  change: z.infer<typeof checkChange> & { running?: boolean },
  by: string,
): Promise<CheckRow> {
  const row = checkOf(hub, reference);
  if (change.target) refuseOwnKindOfHub(row.machineId, change.target);
  const target = change.target && secretsKept(change.target, row.target);
  const all = { ...change, target };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  if ((await hub.checks.change(row.checkId, given)) === "name-taken")
    throw new ProblemError("conflict", `there is a check named ${change.name} already`);
  const { running } = change;
  await audit(hub, row, running === undefined ? "check.change" : running ? "check.start" : "check.stop", by);
  return checkOf(hub, publicId("c", row.checkId));
}

export async function removeCheck(hub: Hub, reference: string, by: string): Promise<void> {
  const row = checkOf(hub, reference);
  await hub.checks.remove(row.checkId);
  await audit(hub, row, "check.remove", by);
}

/** Longer than the machine gives the probe. */
const answerSeconds = 10;

/** Probes now, here or on its machine, whose result comes in by its uploads as well. */
export async function runCheck(hub: Hub, reference: string, by: string): Promise<CheckResultRow> {
  const row = checkOf(hub, reference);
  const machine = row.machineId === 0 ? {} : { machine: hub.fleet.name(row.machineId) };
  return audited(
    hub,
    { by, action: "check.run", target: row.name, ...machine },
    () => (row.machineId === 0 ? hub.hubProbes.now(row) : runOnMachine(hub, row, by)),
    ({ state }) => ({ outcome: "done", detail: state }),
  );
}

async function runOnMachine(hub: Hub, row: CheckRow, by: string): Promise<CheckResultRow> {
  if (!row.running) throw new ProblemError("conflict", "the check is stopped: start it first");
  await hub.assignments.tellAll([row.machineId]);
  const answer = await hub.channels.request(
    row.machineId,
    "check",
    { id: publicId("c", row.checkId) },
    { timeoutSeconds: row.timeoutSeconds + answerSeconds, by },
  );
  const { data } = checkResult.safeParse(answer);
  if (!data)
    throw new ProblemError("no-answer", "the machine answered in a form that this hub does not know");
  return {
    ...data,
    text: cleanOutput(data.text),
    finding: readFinding(data.finding),
    checkId: row.checkId,
    at: parseInstant(data.at) ?? hub.clock.now(),
  };
}

/** Nobody learns a login or a token by sending it elsewhere. */
function secretsKept(target: CheckTarget, before: CheckTarget | undefined): CheckTarget {
  const kept = withKnownSecrets(target, before);
  if (kept) return kept;
  throw new ProblemError(
    "invalid-request",
    "the address has stars for what is not known of this place: give user and password, and the values of the query",
  );
}

function refuseOwnKindOfHub(machineId: number, target: CheckTarget): void {
  if (machineId === 0 && !isRemote(target))
    throw new ProblemError(
      "invalid-request",
      `a check of the kind ${target.kind} needs a machine: its agent looks`,
    );
}

async function audit(
  hub: Hub,
  { machineId, name, target }: CheckRow,
  verb: "check.create" | "check.change" | "check.start" | "check.stop" | "check.remove",
  by: string,
): Promise<void> {
  await hub.assignments.tellAll([machineId]);
  const machine = machineId === 0 ? {} : { machine: hub.fleet.name(machineId) };
  await hub.access.audit(by, verb, name, target.kind, machine);
}
