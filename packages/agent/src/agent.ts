/** Builds the agent from its parts; `main.ts` runs it. */
import { randomInt } from "node:crypto";
import { setMaxListeners } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { benchmarkRunInput, HubClient, identityHeader } from "@culprit/protocol";
import { z } from "zod";
import { readBootId } from "./boot.ts";
import { Benchmarks } from "./benchmarks/benchmarks.ts";
import { Channel } from "./channel/channel.ts";
import { computerIdentity } from "./computer-identity.ts";
import { Checks } from "./checks/checks.ts";
import { peerProbeRequest } from "./checks/peer-probe.ts";
import { checkRequests } from "./checks/requests.ts";
import { MachineIdentity } from "./channel/machine-identity.ts";
import { RequestGate } from "./channel/request-gate.ts";
import { channelRequest, type ChannelRequests } from "./channel/requests.ts";
import { SeenRequests } from "./channel/seen-requests.ts";
import { systemClock, type Clock } from "./clock.ts";
import { loadAllowed } from "./control/allowed.ts";
import { AuditLog } from "./control/audit-log.ts";
import { controlRequests, type ControlParts } from "./control/requests.ts";
import { serviceManager } from "./control/service-manager.ts";
import { lockInstance } from "./instance-lock.ts";
import { chooseIntake, noteIntake, openIntakeFolder } from "./intake/folder.ts";
import { Intake } from "./intake/intake.ts";
import { Live } from "./live/live.ts";
import { standardErrorLog, type Log } from "./log.ts";
import { machineToken } from "./machine-token/machine-token.ts";
import { TokenRotation } from "./machine-token/rotation.ts";
import { TokenInUse } from "./machine-token/token-in-use.ts";
import { ObservedJobs } from "./observed-jobs/observed-jobs.ts";
import { SelfRecordedRuns } from "./observed-jobs/self-recorded.ts";
import { ObservedUnits } from "./observed-units/observed-units.ts";
import { pause } from "./pause.ts";
import { openToldNames } from "./os-processes/told-names.ts";
import { systemRoots, type Roots } from "./roots.ts";
import type { SampleBody } from "./sample-body.ts";
import { createSampling } from "./sampling.ts";
import { agentSettings, checkHub, readCertificates, type AgentSettingsInput } from "./settings.ts";
import { spoolReadings } from "./spool/add-readings.ts";
import { Spool } from "./spool/spool.ts";
import { DeadLetters } from "./uplink/dead-letters.ts";
import { hubConnections } from "./uplink/hub-fetch.ts";
import { Uplink } from "./uplink/uplink.ts";
import { agentVersion } from "./version.ts";
import { noteAccessLogs } from "./access-logs/note.ts";
import { AccessLogs } from "./access-logs/access-logs.ts";
import { WebRequests } from "./web-requests/web-requests.ts";

export type AgentParts = {
  clock?: Clock;
  random?: () => number;
  log?: Log;
  roots?: Roots;
  control?: Omit<ControlParts, "allowedPath">;
};

export type RunningAgent = {
  /** Flushes to the spool and ends; what is not sent stays there. */
  stop(): Promise<void>;
  /** Rejects when the agent can't go on (a failed fsync, no way to a token): exit, and a restart recovers. */
  readonly failed: Promise<never>;
};

/** A promise that only ever rejects; nobody has to be listening. */
function failure(): { promise: Promise<never>; fail: (error: unknown) => void } {
  let reject: ((error: unknown) => void) | undefined;
  const promise = new Promise<never>((_resolve, rejectIt) => {
    reject = rejectIt;
  });
  promise.catch(() => undefined);
  return { promise, fail: (error) => reject?.(error) };
}

const boundsEverySeconds = 60;
const overloads = {
  cost: "looking takes more than 1% of a core",
  late: "the machine is so busy that looks come late",
  memory: "the machine stands still for want of memory",
};
const howOften = (factor: number) =>
  factor === 1 ? "as often as it is set to" : `${factor} times less often`;
const secureRandom = () => randomInt(2 ** 47) / 2 ** 47;

/** Resolves when runs are taken in and samples are spooled; the hub may be away. Throws SettingsError. */
export async function startAgent(input: AgentSettingsInput, parts: AgentParts = {}): Promise<RunningAgent> {
  const { clock = systemClock, random = secureRandom, log = standardErrorLog, roots = systemRoots } = parts;
  const settings = agentSettings.parse(input);
  checkHub(settings);
  const certificates = readCertificates(settings);
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const unlock = await lockInstance(settings.dataDir, roots);
  const stopping = new AbortController();
  const { signal } = stopping;
  // All that runs listens, which Node.js takes for a leak.
  setMaxListeners(100, signal);
  const { promise: failed, fail } = failure();
  const connections = hubConnections(certificates);
  let uplink: Uplink | null = null;

  const { maxBytes, maxDays, graceSeconds, graceBytes } = settings.spool;
  const spool = await Spool.open({
    folder: join(settings.dataDir, "spool"),
    limits: { maxBytes, maxAgeSeconds: maxDays * 86_400, graceSeconds, graceBytes },
    now: () => clock.now(),
    random,
    onFatal: (error) =>
      fail(new Error("the spool can't be written safely: ending, a restart recovers", { cause: error })),
    onAppend: () => uplink?.wake(),
    warn: (text) => log.warn(text),
  }).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });

  const addSpoolReadings = spoolReadings(spool);
  const keepSamples = (body: SampleBody) => {
    addSpoolReadings(body, body.points.at.at(-1) ?? clock.now());
    const rows = body.points.at.length + (body.osProcesses?.at.length ?? 0);
    spool.appendSamples(body, rows).catch(fail);
  };
  const failing = new Set<string>();
  const names = await openToldNames(settings.collect.names, join(settings.dataDir, "names.key"));
  const sampling = createSampling({
    roots,
    names,
    tellsArguments: settings.collect.arguments === "scrubbed" && settings.collect.names === "plain",
    settings: settings.collect,
    clock,
    agentVersion,
    sink: keepSamples,
    onFailure(collector, error) {
      if (failing.has(collector)) return;
      failing.add(collector);
      log.warn(`collector ${collector} fails: ${error instanceof Error ? error.message : String(error)}`);
    },
    onPace(factor, reason) {
      if (reason === "calm") log.info(`looks ${howOften(factor)}: the machine is calm again`);
      else log.warn(`looks ${howOften(factor)}: ${overloads[reason]}`);
    },
  });

  const intakeFolder = chooseIntake(settings.intake, settings.dataDir);
  const { warning } = await openIntakeFolder(intakeFolder);
  if (warning) log.warn(warning);
  await noteIntake(intakeFolder, settings.dataDir).catch((error: unknown) =>
    log.warn(`can't note the intake folder: ${String(error)}`),
  );
  const webRequests = await WebRequests.open({ dataDir: settings.dataDir, spool, clock, log });
  const accessLogs = new AccessLogs({ logs: settings.accessLogs, webRequests, spool, clock, log });
  const recorded = new SelfRecordedRuns(roots);
  const observedJobs = settings.observe.cron
    ? await ObservedJobs.open({
        dataDir: settings.dataDir,
        spool,
        runUsage: sampling.runUsage,
        recorded,
        table: sampling.osProcesses,
        roots,
        clock,
        log,
      })
    : null;
  await noteAccessLogs(settings.accessLogs, settings.dataDir).catch((error: unknown) =>
    log.warn(`can't note the access logs: ${String(error)}`),
  );
  const intake = await Intake.open({
    folder: intakeFolder,
    dataDir: settings.dataDir,
    spool,
    webRequests,
    runUsage: sampling.runUsage,
    roots,
    clock,
    log,
    onRun: (execution) => recorded.note(execution, clock.now()),
  });

  const benchmarks = new Benchmarks({
    settings: settings.benchmarks,
    allowed: () => loadAllowed(settings.allowedFile, parts.control?.owner),
    machineName: settings.machineName,
    dataDir: settings.dataDir,
    spool,
    jobsUnderWay: (startedAfter) => sampling.runUsage.underWay(startedAfter),
    roots,
    clock,
    log,
  });
  const keepBounds = async () => {
    while (!signal.aborted) {
      await spool.keepBounds();
      await pause(clock, boundsEverySeconds, signal);
    }
  };
  const checks = await Checks.open({
    dataDir: settings.dataDir,
    roots,
    fileSystems: sampling.fileSystems,
    osProcesses: sampling.osProcesses,
    allowed: () => loadAllowed(settings.allowedFile, parts.control?.owner),
    services: () => parts.control?.manager ?? serviceManager(),
    clock,
    log,
    keep: (body) => void spool.appendSamples(body, body.points.at.length).catch(fail),
  });
  const { openTable, fileSystems } = sampling;
  const live = new Live({ roots, clock, fileSystems, openTable, signal });
  /** What the hub may ask for by name. */
  const requests: ChannelRequests = {
    ...checkRequests(checks),
    probe: peerProbeRequest(() => loadAllowed(settings.allowedFile, parts.control?.owner)),
    ...controlRequests({ allowedPath: settings.allowedFile, ...parts.control }),
    live: channelRequest({ schema: z.undefined(), acts: false, handle: () => live.look() }),
    benchmark: channelRequest({
      schema: benchmarkRunInput,
      acts: true,
      handle: ({ benchmarks: names }) => benchmarks.now(names),
    }),
  };
  const talk = async () => {
    const ways = { hub: settings.hub, fetch: connections.fetch, clock, random, log };
    const found = await machineToken({ settings, ...ways }, signal);
    if (found === null) return;
    const { token, kept, before } = found;
    const inUse = new TokenInUse(token, connections.fetch);
    const told = computerIdentity(roots);
    const headers = { [identityHeader]: told };
    const client = new HubClient({ hub: settings.hub, headers, fetch: inUse.fetch });
    const deadLetters = new DeadLetters(join(settings.dataDir, "dead-letters"));
    benchmarks.connect(client);
    uplink = new Uplink({ client, spool, deadLetters, clock, random, log });
    const identity = await MachineIdentity.open(settings.dataDir, token, before);
    const onRotated = () => channel.renew();
    const rotation = new TokenRotation({ ...ways, inUse, kept, client, identity, onRotated, signal });
    const gate = new RequestGate({
      requests: { ...requests, ...rotation.requests },
      identity,
      seen: await SeenRequests.open(join(settings.dataDir, "seen-requests"), clock),
      audit: new AuditLog(join(settings.dataDir, "audit.log"), clock, log),
      clock,
    });
    const channel = new Channel({
      hub: settings.hub,
      token: () => inUse.token,
      ...(certificates ? { certificates: [...rootCertificates, certificates] } : {}),
      agentVersion,
      bootId: readBootId(roots),
      told,
      identity,
      gate,
      clock,
      random,
      log,
    });
    await Promise.all([uplink.run(signal), channel.run(signal)]);
  };
  sampling.loop.start();
  const jobs = [
    intake.run(signal),
    sampling.runUsage.run(signal),
    accessLogs.run(signal),
    webRequests.run(signal),
    benchmarks.run(signal),
    checks.run(signal),
    keepBounds(),
    talk(),
  ];
  if (observedJobs) jobs.push(observedJobs.run(signal));
  if (settings.observe.systemd) {
    const { services } = settings.observe;
    const observedUnits = new ObservedUnits({
      dataDir: settings.dataDir,
      spool,
      recorded,
      roots,
      clock,
      log,
      services,
    });
    jobs.push(observedUnits.run(signal));
  }
  for (const job of jobs) job.catch(fail);
  log.info(`sends to ${settings.hub}, takes runs in from ${intakeFolder}`);

  return {
    failed,
    async stop() {
      sampling.close();
      stopping.abort();
      await Promise.allSettled(jobs);
      live.close();
      await webRequests.tell().catch(fail);
      await spool.close();
      connections.close();
      await unlock();
    },
  };
}
