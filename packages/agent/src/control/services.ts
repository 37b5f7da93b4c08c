/**
 * Starts, stops and restarts what the machine's own file lists. The file is read at each request, by whoever has the
 * privilege: the agent if it is root, else the helper, which believes the agent nothing.
 */
import { serviceSeconds, type Service, type ServiceOutcome, type ServiceVerb } from "@culprit/protocol";
import { RefusedRequest } from "../channel/requests.ts";
import { hasCode } from "../spool/durable.ts";
import type { AllowedFile } from "./allowed.ts";
import { messageOf, runProgram, said } from "@culprit/probes";
import type { ServiceManager } from "./service-manager.ts";
import { UntrustedError } from "./trusted-path.ts";

export const commandSeconds = serviceSeconds.command;

export type ServiceOrder = { unit: string; verb: ServiceVerb };

/** Of all that the file lists, how it is now. */
export async function listServices(allowed: AllowedFile, manager: ServiceManager): Promise<Service[]> {
  const listed = [...allowed.services];
  const states = await manager.states(listed.map(([, { unit }]) => unit));
  return listed.map(([name, { verbs }], index) => ({
    unit: name,
    state: states[index] ?? "unknown",
    verbs: [...verbs],
  }));
}

/** The machine's own unit; throws RefusedRequest unless the file lists it with this verb. */
export function allowedUnit(allowed: AllowedFile, { unit, verb }: ServiceOrder): string {
  if (allowed.problem) {
    const { text, finding } = allowed.problem.said;
    throw new RefusedRequest("not-allowed", { text: `nothing is allowed: ${text}`, finding });
  }
  const service = allowed.services.get(unit);
  if (!service) throw new RefusedRequest("not-allowed", said("service-not-listed", { service: unit }));
  if (!service.verbs.includes(verb))
    throw new RefusedRequest("not-allowed", said("verb-not-listed", { service: unit, verb }));
  return service.unit;
}

/** Does it, as root. Throws RefusedRequest unless the file allows it. */
export async function controlService(
  order: ServiceOrder,
  allowed: AllowedFile,
  manager: ServiceManager,
): Promise<ServiceOutcome> {
  const own = allowedUnit(allowed, order);
  const [program, ...args] = await manager.command(own, order.verb).catch((error: unknown) => {
    if (hasCode(error, "ENOENT"))
      throw new RefusedRequest("failed", said("service-unknown", { service: own }));
    if (error instanceof UntrustedError) throw new RefusedRequest("failed", error.said);
    throw new RefusedRequest("failed", said("service-not-run", { service: own, detail: messageOf(error) }));
  });
  const begun = performance.now();
  const { exitCode, timedOut, output } = await runProgram(program, args, { timeoutSeconds: commandSeconds });
  const [state = "unknown"] = await manager.states([own]);
  return {
    ...order,
    ok: exitCode === 0,
    exitCode,
    state,
    durationSeconds: (performance.now() - begun) / 1000,
    ...(timedOut ? { timedOut } : {}),
    output: output.slice(-10_000),
  };
}
