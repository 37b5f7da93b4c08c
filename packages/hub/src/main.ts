/** Runs a hub: opens the store, listens, does its chores, stops in order. */
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { FastifyInstance } from "fastify";
import type { DestinationStream } from "pino";
import { buildApp } from "./app.ts";
import { startChores } from "./chores.ts";
import { systemClock, type Clock } from "./clock.ts";
import { assembleHub, type Hub } from "./context.ts";
import { boundHeapGrowth } from "./heap-growth.ts";
import { readListen, refuseOpenHttp } from "./listen-address.ts";
import { makeLog } from "./log.ts";
import { hubSettings, storeAddress, type HubSettings, type HubSettingsInput } from "./settings.ts";
import { openStore } from "./store/open.ts";

export type RunningHub = {
  /** As a browser on this machine reaches it, e.g. `http://127.0.0.1:4777`. */
  address: string;
  /** At the first start: the password of `admin` that was made up, if none was given. Shown once, kept nowhere. */
  adminPassword: string | null;
  /** A new token for `<address>/sign-in#once=<token>`, good for one sign-in as `user`. */
  oneTimeSecret(user?: string, validSeconds?: number): Promise<string>;
  /** Finishes what it took in, then closes the store. */
  stop(): Promise<void>;
};

/** Rejects with an error whose message says what to do: port taken, store in use, plain http in the open. */
export async function startHub(
  given: HubSettingsInput,
  { clock = systemClock, log: destination }: { clock?: Clock; log?: DestinationStream } = {},
): Promise<RunningHub> {
  boundHeapGrowth();
  const settings = hubSettings.parse(given);
  refuseOpenHttp(settings);
  const certificate = await readCertificate(settings);
  const log = makeLog(settings.logLevel, destination);
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore(storeAddress(settings), {
    clock,
    memoryLimitBytes: settings.storeMemoryMegabytes * 1024 * 1024,
    warn: (message) => log.warn(message),
  });
  try {
    const hub = await assembleHub({ settings, clock, store, log });
    const adminPassword = await hub.access.firstStart(settings.adminPassword);
    const app = await buildApp(hub, certificate);
    const address = await listen(app, settings);
    if (settings.localAgentTokenFile !== undefined) await writeAgentToken(hub, settings.localAgentTokenFile);
    const stopChores = startChores(hub);
    log.info({ address, store: store.engine }, "the hub listens");
    let stopping: Promise<void> | null = null;
    return {
      address,
      adminPassword,
      oneTimeSecret: (user = "admin", validSeconds = 12 * 3600) =>
        hub.access.oneTimeSecret(user, validSeconds),
      stop: () => (stopping ??= stop(hub, app, stopChores)),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function stop(hub: Hub, app: FastifyInstance, stopChores: () => Promise<void>): Promise<void> {
  hub.channels.stop();
  // Before requests and chores are waited for: they may wait for a long fit.
  await hub.attribution.close();
  await app.close();
  await hub.commits.idle();
  await stopChores();
  for (const room of [hub.fleet, hub.checkIns])
    await room
      .flush()
      .catch((error: unknown) => hub.log.error({ err: error }, "last contacts were not written"));
  hub.counters.stop();
  await hub.analysis.close();
  await hub.store.close();
}

async function readCertificate({ tlsCert, tlsKey }: HubSettings) {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return { cert: await readFile(tlsCert), key: await readFile(tlsKey) };
}

async function listen(app: FastifyInstance, settings: HubSettings): Promise<string> {
  const { host, port } = readListen(settings.listen);
  const bound = await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE")
      throw new Error(`port ${port} on ${host} is taken: stop what uses it, or set CULPRIT_LISTEN`, {
        cause: error,
      });
    if (error.code === "EACCES")
      throw new Error(`port ${port} needs more rights: take one above 1023 with CULPRIT_LISTEN`, {
        cause: error,
      });
    throw error;
  });
  const reachable =
    host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  return `${settings.tlsCert === undefined ? "http" : "https"}://${reachable}:${new URL(bound).port || port}`;
}

/** A fresh token at each start, good for one agent: the file is no lasting secret. */
async function writeAgentToken(hub: Hub, file: string): Promise<void> {
  const { token } = await hub.access.issue({
    kind: "enroll",
    name: "local agent",
    usesLeft: 1,
    validSeconds: 3600,
  });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${token}\n`, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}
