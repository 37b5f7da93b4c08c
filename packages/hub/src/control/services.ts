/** Services of a machine, asked of its agent by name: what they are and may do is decided there. Each order is audited. */
import { findingText } from "@culprit/messages/finding-text";
import {
  allowedAnswer,
  cleanOutput,
  ProblemError,
  readFinding,
  serviceOutcome,
  serviceSeconds,
  type Allowed,
  type ServiceOutcome,
  type ServiceVerb,
} from "@culprit/protocol";
import type { Locale } from "../answers/why-text.ts";
import type { Hub } from "../context.ts";
import { audited } from "./audited.ts";

const askSeconds = 15;

/** What the machine's own file allows now, with the states of its services. */
export async function allowedOn(hub: Hub, reference: string, locale: Locale): Promise<Allowed> {
  const { machineId } = hub.fleet.machine(reference);
  const answer = await hub.channels.request(machineId, "allowed", undefined, { timeoutSeconds: askSeconds });
  const { data } = allowedAnswer.safeParse(answer);
  if (!data) throw notUnderstood();
  const { problem, finding: raw, ...rest } = data;
  if (problem === undefined) return rest;
  const finding = readFinding(raw);
  return { ...rest, problem: (finding && findingText(finding, locale)) ?? cleanOutput(problem) };
}

export async function orderService(
  hub: Hub,
  reference: string,
  order: { unit: string; verb: ServiceVerb },
  by: string,
): Promise<ServiceOutcome> {
  const { machineId, name } = hub.fleet.machine(reference);
  const { unit, verb } = order;
  return audited(
    hub,
    { by, action: `service.${verb}`, target: unit, machine: name },
    async () => {
      const options = { timeoutSeconds: serviceSeconds.hub, by };
      const answer = await hub.channels.request(machineId, "service", order, options);
      const { data } = serviceOutcome.safeParse(answer);
      if (!data || data.unit !== unit || data.verb !== verb) throw notUnderstood();
      return { ...data, output: cleanOutput(data.output) };
    },
    ({ ok, exitCode, state }) => ({
      outcome: ok ? "done" : "failed",
      detail: `exit status ${exitCode ?? "unknown"}, now ${state}`,
    }),
  );
}

const notUnderstood = () =>
  new ProblemError("no-answer", "the machine answered in a form that this hub does not know");
