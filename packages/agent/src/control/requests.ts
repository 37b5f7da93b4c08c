/** What the hub may ask about and do to services, by name. */
import { said } from "@culprit/probes";
import { serviceName, serviceVerbs, type AllowedAnswer } from "@culprit/protocol";
import { z } from "zod";
import { channelRequest, RefusedRequest, type ChannelRequests } from "../channel/requests.ts";
import { loadAllowed, type AllowedFile } from "./allowed.ts";
import { askHelper, helperWays, type HelperWays } from "./culprit-control.ts";
import { serviceManager, type ServiceManager } from "./service-manager.ts";
import { allowedUnit, controlService, listServices } from "./services.ts";

export type ControlParts = {
  allowedPath: string;
  /** Who may own the file beside root, for tests. */
  owner?: number;
  manager?: ServiceManager;
  helper?: HelperWays;
};

export function controlRequests({
  allowedPath,
  owner = 0,
  manager,
  helper = helperWays,
}: ControlParts): ChannelRequests {
  /** Units that something is being done to. */
  const busy = new Set<string>();
  return {
    allowed: channelRequest({
      schema: z.undefined(),
      acts: false,
      async handle(): Promise<AllowedAnswer> {
        const allowed = await loadAllowed(allowedPath, owner);
        return {
          services: await listServices(allowed, manager ?? serviceManager()),
          commands: [...allowed.commands.keys()],
          benchmarks: [...allowed.benchmarks],
          probes: [...allowed.probes],
          ...toldProblem(allowed),
        };
      },
    }),
    service: channelRequest({
      schema: z.strictObject({ unit: serviceName, verb: z.enum(serviceVerbs) }),
      acts: true,
      async handle(order) {
        const allowed = await loadAllowed(allowedPath, owner);
        const unit = allowedUnit(allowed, order);
        if (busy.has(unit)) throw new RefusedRequest("busy", said("service-busy", { service: order.unit }));
        busy.add(unit);
        try {
          if (process.getuid?.() !== 0) return await askHelper(order, helper);
          return await controlService(order, allowed, manager ?? serviceManager());
        } finally {
          busy.delete(unit);
        }
      },
      describe: ({ ok, exitCode, state }) => ({
        failed: !ok,
        detail: `exit status ${exitCode ?? "unknown"}, now ${state}`,
      }),
    }),
  };
}

function toldProblem({ problem }: AllowedFile): Pick<AllowedAnswer, "problem" | "finding"> {
  if (!problem) return {};
  const { text, finding } = problem.said;
  return { problem: text.slice(0, 500), finding };
}
