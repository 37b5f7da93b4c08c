/**
 * Starts, stops and restarts what the machine's own file lists. The file is read at each request, by whoever has the
 * privilege: the agent if it is root, else the helper, which believes the agent nothing.
 */
import { serviceSeconds, type Service, type ServiceOutcome, type ServiceVerb } from "@culprit/protocol";
import { RefusedRequest } from "../channel/requests.ts";
import { hasCode } from "../spool/durable.ts";
import type { AllowedFile } from "./allowed.ts";
import { runProgram } from "@culprit/probes";
import type { ServiceManager } from "./service-manager.ts";

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
  if (allowed.problem)
    throw new RefusedRequest("not-allowed", `nothing is allowed: ${allowed.problem.detail}`);
  const service = allowed.services.get(unit);
  if (!service) throw new RefusedRequest("not-allowed", `the machine's file lists no service ${unit}`);
  if (!service.verbs.includes(verb))
    throw new RefusedRequest("not-allowed", `the machine's file does not let ${unit} ${verb}`);
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
    if (hasCode(error, "ENOENT")) throw new RefusedRequest("failed", `this machine has no service ${own}`);
    throw new RefusedRequest("failed", error instanceof Error ? error.message : String(error));
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
    output: (timedOut ? `${output}\nended after ${commandSeconds} s` : output).slice(-10_000),
  };
}
