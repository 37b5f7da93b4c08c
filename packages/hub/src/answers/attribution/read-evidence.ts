/** Reads from the store what a fit is made from. */
import type { Micros } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Fleet } from "../../fleet/fleet.ts";
import { toldZone } from "../../fleet/zone.ts";
import type { HubSettings } from "../../settings.ts";
import type { Store } from "../../store/store.ts";
import type { MicrosWindow } from "../../window.ts";
import type { MachineFacts, RawEvidence } from "./raw-evidence.ts";
import { readSamples } from "./read-samples.ts";

export type EvidenceSource = {
  store: Pick<Store, "executions" | "samples">;
  fleet: Fleet;
  shared: HubSettings["attribution"]["shared"];
  log: FastifyBaseLogger;
};

/** The newest `mostRuns` runs that touch the window, and what machines did in it. */
export async function readEvidence(
  { store, fleet, shared, log }: EvidenceSource,
  window: MicrosWindow,
  now: Micros,
  mostRuns: number,
): Promise<RawEvidence> {
  const runs = await store.executions.measured(window, mostRuns);
  if (runs.length === mostRuns)
    log.warn({ rows: mostRuns }, `attribution rests on the newest ${mostRuns} executions only`);
  for (const { name, machines: named } of shared) {
    const absent = named.filter((reference) => !fleet.find(reference));
    if (absent.length > 0)
      log.warn({ shared: name, absent }, "attribution.shared names machines that are not there");
  }
  const machines = machineFacts(fleet);
  return {
    window,
    now,
    runs,
    machines,
    shared: sharedMachines(shared, fleet),
    samples: await readSamples(
      store.samples,
      machines.map(({ machineId }) => machineId),
      window,
    ),
  };
}

export function machineFacts(fleet: Fleet): MachineFacts[] {
  return fleet.all().map((row) => ({
    machineId: row.machineId,
    cores: row.computer && row.computer.cpuCores > 0 ? row.computer.cpuCores : null,
    zone: toldZone(row) ?? null,
  }));
}

/** What names machines that are not there shares nothing with them. */
export function sharedMachines(shared: EvidenceSource["shared"], fleet: Fleet): number[][] {
  return shared.map(({ machines }) =>
    machines.flatMap((reference) => fleet.find(reference)?.machineId ?? []),
  );
}
