import { ProblemError } from "@culprit/protocol";
import type { Routes } from "./policy.ts";

export const health: Routes = async (app, { hub }) => {
  const hidden = { hide: true } as const;

  app.get("/healthz", { config: { policy: "anyone" }, schema: hidden }, async () => ({ status: "ok" }));

  app.get("/readyz", { config: { policy: "anyone" }, schema: hidden }, async (request) => {
    await hub.store.ping().catch((error: unknown) => {
      request.log.error({ err: error }, "the store does not answer");
      throw new ProblemError("store-unavailable");
    });
    return { status: "ready" };
  });

  app.get("/metrics", { config: { policy: "anyone" }, schema: hidden }, async (_request, reply) => {
    const connected = hub.fleet.all().filter((row) => hub.channels.connected(row.machineId)).length;
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(
      hub.counters.text({
        culprit_intake_waiting: hub.commits.waiting,
        culprit_bodies_in_memory_bytes: hub.bodies.held + hub.strangersBodies.held,
        culprit_attribution_fit_progress_ratio: hub.attribution.progress ?? 0,
        culprit_machines: hub.fleet.all().length,
        culprit_channels_open: connected,
      }),
    );
  });
};
