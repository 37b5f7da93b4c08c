/** What a running hub does at intervals. A chore that fails is logged and comes round again. */
import { takeUserReset } from "./auth/user-reset.ts";
import { loseOverdue } from "./checkins/overdue.ts";
import type { Hub } from "./context.ts";
import { boundHeapGrowth } from "./heap-growth.ts";
import { HubBenchmarkTimes } from "./fitness/hub-benchmark-times.ts";
import { Retention } from "./retention.ts";
import { Learning } from "./supervision/learning.ts";
import { sweepEverySeconds } from "./supervision/sweep.ts";

type Chore = { name: string; everySeconds: number; work: () => Promise<unknown> };

/** Answers a function that stops them and waits for the one under way. */
export function startChores(hub: Hub): () => Promise<void> {
  const retention = new Retention(hub);
  const learning = new Learning(hub);
  const benchmarkTimes = new HubBenchmarkTimes(hub);
  const chores: Chore[] = [
    // Another hub may watch, and must know in time.
    {
      name: "contacts",
      everySeconds: hub.store.engine === "postgres" ? 4 : 10,
      work: () => Promise.all([hub.fleet.flush(), hub.faults.flush()]),
    },
    { name: "check-ins heard", everySeconds: 10, work: () => hub.checkIns.flush() },
    { name: "check-ins overdue", everySeconds: 60, work: () => loseOverdue(hub) },
    { name: "fleet", everySeconds: 15, work: () => Promise.all([hub.fleet.refresh(), hub.faults.refresh()]) },
    { name: "health", everySeconds: 1, work: () => hub.healthWatch.turn() },
    { name: "checks", everySeconds: 1, work: () => hub.hubProbes.turn() },
    { name: "checks heard", everySeconds: 1, work: () => hub.checks.settle() },
    { name: "checks told", everySeconds: 5, work: () => tellChecks(hub) },
    { name: "passed orders", everySeconds: 1, work: () => takePassedOrders(hub) },
    {
      name: "channels",
      everySeconds: 60,
      work: () => hub.channels.closeEnded((ids) => hub.access.held(ids)),
    },
    { name: "user-reset", everySeconds: 1, work: () => takeUserReset(hub.settings.dataDir, hub.access) },
    { name: "normals", everySeconds: 10, work: () => hub.normals.refitIfNew() },
    { name: "attribution", everySeconds: 10, work: () => hub.attribution.refitIfNew() },
    { name: "supervision", everySeconds: sweepEverySeconds, work: () => hub.sweep.tick() },
    { name: "learning", everySeconds: 60, work: () => learning.tick() },
    { name: "benchmark", everySeconds: 60, work: () => benchmarkTimes.turn() },
    { name: "heap", everySeconds: 5, work: async () => boundHeapGrowth() },
    { name: "retention", everySeconds: 60, work: () => retention.tick() },
  ];
  const stops = chores.map((chore) => repeat(hub, chore));
  return async () => {
    hub.healthWatch.stop();
    hub.hubBenchmark.stop();
    await Promise.all([hub.hubProbes.stop(), hub.passedOrders.settled(), ...stops.map((stop) => stop())]);
  };
}

/** Other hubs there are only on a server. */
async function takePassedOrders({ store, passedOrders }: Hub): Promise<void> {
  if (store.engine === "postgres") await passedOrders.turn();
}

/** Another hub may have changed them. */
async function tellChecks(hub: Hub): Promise<void> {
  await hub.checks.refresh();
  await hub.assignments.tellAll(hub.fleet.all().map(({ machineId }) => machineId));
}

function repeat(hub: Hub, { name, everySeconds, work }: Chore): () => Promise<void> {
  let running: Promise<void> | null = null;
  const run = async () => {
    try {
      await work();
    } catch (error) {
      hub.log.error({ err: error, chore: name }, "a chore failed");
    }
    running = null;
  };
  const timer = setInterval(() => {
    running ??= run();
  }, everySeconds * 1000);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
