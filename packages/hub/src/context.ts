/** The rooms of one hub, handed to every route. A route finds its noun's room here and nothing else. */
import type { Micros } from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import { AnalysisThread } from "./answers/analysis-thread.ts";
import { Attribution } from "./answers/attribution/attribution.ts";
import { Normals } from "./answers/normals.ts";
import { Access } from "./auth/access.ts";
import { Attempts } from "./auth/attempts.ts";
import { SignInGuard } from "./auth/sign-in-guard.ts";
import { Channels } from "./channel/channels.ts";
import { PassedOrders } from "./channel/passed-orders.ts";
import { Assignments } from "./checks/assignments.ts";
import { Checks } from "./checks/checks.ts";
import { HubProbes } from "./checks/hub-probes.ts";
import { CheckIns } from "./checkins/check-ins.ts";
import type { Clock } from "./clock.ts";
import { Counters } from "./counters.ts";
import { Catalogue } from "./executions/catalogue.ts";
import { HubBenchmark } from "./fitness/hub-benchmark.ts";
import { BenchmarkTrends } from "./fitness/trends.ts";
import { NetworkGate } from "./fitness/network-gate.ts";
import { Faults } from "./fleet/faults/faults.ts";
import { Fleet } from "./fleet/fleet.ts";
import { LiveStatuses } from "./fleet/live.ts";
import { Health } from "./fleet/health/health.ts";
import { HealthWatch } from "./fleet/health/watch.ts";
import { BodyBudget } from "./ingest/body.ts";
import { DeadLetterAllowance } from "./ingest/dead-letter-allowance.ts";
import { DirectIntake } from "./ingest/direct.ts";
import { GroupCommit } from "./ingest/group-commit.ts";
import { Intake } from "./ingest/intake.ts";
import { NamesOfMachine } from "./ingest/names-of-machine.ts";
import { SeriesIds } from "./ingest/series-ids.ts";
import { SeriesLists } from "./ingest/series-lists.ts";
import { RecordingAllowance } from "./ingest/recording-allowance.ts";
import { UploadAllowance } from "./ingest/upload-allowance.ts";
import { AgentFiles } from "./installer/agent-files.ts";
import { Rounds } from "./rounds.ts";
import type { HubSettings } from "./settings.ts";
import type { Store } from "./store/store.ts";
import { Sweep } from "./supervision/sweep.ts";
import { Supervision } from "./supervision/supervision.ts";
import { Traces } from "./traces/traces.ts";
import { Turns } from "./turns.ts";

/** What a hub is made from. */
export type HubParts = { settings: HubSettings; clock: Clock; store: Store; log: FastifyBaseLogger };

export type Hub = HubParts & {
  access: Access;
  /** Tokens that were not found, by address. */
  badTokens: Attempts;
  signIns: SignInGuard;
  /** Bounds what strangers can have written to the audit. */
  refusedSignIns: Attempts;
  fleet: Fleet;
  health: Health;
  faults: Faults;
  healthWatch: HealthWatch;
  agentFiles: AgentFiles;
  trends: BenchmarkTrends;
  hubBenchmark: HubBenchmark;
  networkGate: NetworkGate;
  channels: Channels;
  /** So that none takes the places of the others, nor fills the log. An agent that is cut off comes back after a second or more. */
  channelsByMachine: Attempts;
  passedOrders: PassedOrders;
  live: LiveStatuses;
  catalogue: Catalogue;
  bodies: BodyBudget;
  /** Of those who are not signed in, or not yet: they keep nobody out who is. */
  strangersBodies: BodyBudget;
  commits: GroupCommit;
  /** In which uploads are read. */
  uploadRounds: Rounds;
  intake: Intake;
  uploads: UploadAllowance;
  recordings: RecordingAllowance;
  direct: DirectIntake;
  traces: Traces;
  checkIns: CheckIns;
  checks: Checks;
  assignments: Assignments;
  hubProbes: HubProbes;
  counters: Counters;
  analysis: AnalysisThread;
  normals: Normals;
  attribution: Attribution;
  /** Answers that take much of the store, of a thread or of memory. */
  dear: Record<"why" | "fitness" | "verdicts" | "differences" | "whatIf", Turns>;
  supervision: Supervision;
  sweep: Sweep;
};

/** Microseconds: agents upload more often, whichever hub they upload to. */
const inContactWithin: Micros = 30_000_000;
/** Of the memory for bodies, beside it. */
const strangersShare = 1 / 8;

/** At the doors of who is not known yet. */
export const guards = (clock: Clock): Pick<Hub, "badTokens" | "signIns" | "refusedSignIns"> => ({
  badTokens: new Attempts(clock, 60, 60),
  signIns: new SignInGuard(clock),
  refusedSignIns: new Attempts(clock, 100, 3600),
});

export async function assembleHub(parts: HubParts): Promise<Hub> {
  const { settings, clock, store, log } = parts;
  const { processNamesPerMachine, seriesPerMachine, bodiesInMemoryBytes } = settings.limits;
  const fleet = new Fleet(store.machines, clock);
  await fleet.refresh();
  const health = new Health(store.health, clock);
  await health.refresh();
  const faults = new Faults({
    store: store.machineFacts,
    clock,
    log,
    name: (machineId) => fleet.name(machineId),
    isEnrolled: (machineId) => fleet.get(machineId) !== undefined,
  });
  await faults.refresh();
  const trends = new BenchmarkTrends(store.benchmarks, clock);
  const checks = new Checks(store.checks, clock);
  await checks.refresh();
  checks.heardAll();
  const catalogue = new Catalogue(store.catalogue);
  const counters = new Counters();
  const commits = new GroupCommit(store.intake, log, (seconds, failed) => {
    counters.add("culprit_store_commits_total", failed ? 'result="failed"' : 'result="committed"');
    counters.add("culprit_store_commit_seconds_total", "", seconds);
  });
  const preparation = {
    processNames: new NamesOfMachine(
      catalogue.processes,
      (machineId) => store.catalogue.processIdsOf(machineId),
      processNamesPerMachine,
    ),
    // Steps are counted from the hub's start: they are few, and their limit is only a stop.
    stepNames: new NamesOfMachine(catalogue.steps, async () => [], processNamesPerMachine),
    seriesIds: new SeriesIds(store, seriesPerMachine),
    seriesLists: new SeriesLists(),
    deadLetters: new DeadLetterAllowance(clock),
    checks,
  };
  const direct = new DirectIntake({ ...preparation, settings, clock, fleet, commits, counters });
  const analysis = new AnalysisThread();
  const normals = new Normals({ executions: store.executions, clock, thread: analysis, log });
  const channels = new Channels({
    clock,
    log,
    pingSeconds: settings.channelPingSeconds,
    heard: (machineId, offset) => fleet.heard(machineId, offset),
    faults,
    heardFrom: (machineId, address) => health.heardFrom(machineId, address),
    greeted: (machineId) => assignments.greeted(machineId),
    inContact: (machineId) =>
      clock.now() - (fleet.get(machineId)?.lastContactAt ?? -Infinity) <= inContactWithin,
    // One process owns a DuckDB file: there is no other hub.
    ...(store.engine === "postgres"
      ? {
          elsewhere: (machineId, name, args, options) => passedOrders.request(machineId, name, args, options),
        }
      : {}),
  });
  const assignments = new Assignments(checks, channels, log);
  const passedOrders = new PassedOrders({
    store: store.passedOrders,
    clock,
    log,
    connected: () => channels.connectedMachines(),
    perform: async ({ machineId, name, arguments: args, by, timeoutSeconds }) => {
      // The hub that asks may have made the check just now.
      if (name === "check") {
        await checks.refresh();
        await assignments.tellAll([machineId]);
      }
      const options = { timeoutSeconds, ...(by === null ? {} : { by }) };
      return channels.requestHere(machineId, name, args ?? undefined, options);
    },
  });
  const { internalTargets } = settings.checks;
  return {
    ...parts,
    checks,
    assignments,
    passedOrders,
    hubProbes: new HubProbes({ store, clock, checks, internalTargets, log }),
    access: new Access(store, clock),
    ...guards(clock),
    fleet,
    health,
    faults,
    healthWatch: new HealthWatch({ settings, store, clock, fleet, channels, health, log }),
    agentFiles: new AgentFiles(settings.agentFiles),
    trends,
    hubBenchmark: new HubBenchmark(),
    networkGate: new NetworkGate(clock),
    channels,
    channelsByMachine: new Attempts(clock, 30, 60),
    live: new LiveStatuses(channels, health, clock),
    catalogue,
    bodies: new BodyBudget(bodiesInMemoryBytes),
    strangersBodies: new BodyBudget(bodiesInMemoryBytes * strangersShare),
    commits,
    uploadRounds: new Rounds({ perRound: 32, mostWaiting: 4000, mayBegin: () => !commits.isBehind }),
    intake: new Intake({ ...parts, ...preparation, fleet, trends, commits, counters, faults }),
    uploads: new UploadAllowance((machineId) => faults.flooded(machineId, "uploads")),
    recordings: new RecordingAllowance((machineId) => faults.flooded(machineId, "uploads")),
    direct,
    traces: new Traces({
      settings: settings.traces,
      requestsPerSecond: settings.limits.webRequestsPerSecond,
      clock,
      fleet,
      direct,
      counters,
    }),
    checkIns: new CheckIns(store.checkins, clock, settings.checkins.perMinute),
    counters,
    analysis,
    normals,
    attribution: new Attribution({
      store,
      clock,
      fleet,
      counters,
      log,
      ...settings.attribution,
      keptDays: Math.max(settings.retention.executionDays, settings.attribution.windowDays),
    }),
    dear: {
      why: new Turns({ atOnce: 4, mostWaiting: 100 }),
      fitness: new Turns({ atOnce: 2, mostWaiting: 50 }),
      verdicts: new Turns({ atOnce: 2, mostWaiting: 20 }),
      differences: new Turns({ atOnce: 2, mostWaiting: 20 }),
      whatIf: new Turns({ atOnce: 2, mostWaiting: 20 }),
    },
    supervision: new Supervision({ expectations: store.expectations, clock }),
    sweep: new Sweep({ store, clock, fleet, catalogue, normals, log }),
  };
}
