/** Services of a machine, asked of its agent by name: what they are and may do is decided there. Each order is audited. */
import {
  allowed,
  cleanOutput,
  ProblemError,
  serviceOutcome,
  serviceSeconds,
  type Allowed,
  type AuditEntry,
  type ServiceOutcome,
  type ServiceVerb,
} from "@culprit/protocol";
import type { Hub } from "../context.ts";

const askSeconds = 15;

/** What the machine's own file allows now, with the states of its services. */
export async function allowedOn(hub: Hub, reference: string): Promise<Allowed> {
  const { machineId } = hub.fleet.machine(reference);
  const answer = await hub.channels.request(machineId, "allowed", undefined, { timeoutSeconds: askSeconds });
  const { data } = allowed.safeParse(answer);
  if (!data) throw notUnderstood();
  const { problem, ...rest } = data;
  return { ...rest, ...(problem === undefined ? {} : { problem: cleanOutput(problem) }) };
}

export async function orderService(
  hub: Hub,
  reference: string,
  order: { unit: string; verb: ServiceVerb },
  by: string,
): Promise<ServiceOutcome> {
  const { machineId, name } = hub.fleet.machine(reference);
  const audit = (outcome: AuditEntry["outcome"], detail: string) =>
    hub.access.audit(by, `service.${order.verb}`, order.unit, detail, { machine: name, outcome });
  try {
    const answer = await hub.channels.request(machineId, "service", order, {
      timeoutSeconds: serviceSeconds.hub,
      by,
    });
    const { data } = serviceOutcome.safeParse(answer);
    if (!data || data.unit !== order.unit || data.verb !== order.verb) throw notUnderstood();
    const outcome = { ...data, output: cleanOutput(data.output) };
    await audit(
      outcome.ok ? "done" : "failed",
      `exit status ${outcome.exitCode ?? "unknown"}, now ${outcome.state}`,
    );
    return outcome;
  } catch (error) {
    if (error instanceof ProblemError) await audit(outcomeOf(error), error.message);
    throw error;
  }
}

function outcomeOf({ problem: { code } }: ProblemError): AuditEntry["outcome"] {
  return code === "no-answer" || code === "internal" ? "failed" : "refused";
}

const notUnderstood = () =>
  new ProblemError("no-answer", "the machine answered in a form that this hub does not know");
