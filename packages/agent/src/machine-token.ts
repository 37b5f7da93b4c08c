/** Where the machine's token comes from: the settings, the data directory, or enrolment at the hub. */
import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HubClient, machineCreated, ProblemError, UnreachableError, type HubFetch } from "@culprit/protocol";
import { Backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { pause } from "./pause.ts";
import { enrollmentOf, readSecret, SettingsError, type AgentSettings } from "./settings.ts";
import { hasCode, replaceFile } from "./spool/durable.ts";

export type MachineTokenOptions = {
  settings: AgentSettings;
  fetch: HubFetch;
  clock: Clock;
  random: () => number;
  log: Log;
};

/** Null if `signal` was aborted while the hub was away; throws SettingsError if there is no way to a token. */
export async function machineToken(
  options: MachineTokenOptions,
  signal: AbortSignal,
): Promise<string | null> {
  const { settings, log } = options;
  if (settings.token) return settings.token;
  if (settings.tokenFile) {
    await warnIfOpen(settings.tokenFile, log);
    return readSecret(settings.tokenFile);
  }
  const kept = keptTokenPath(settings);
  const known = await readIfPresent(kept);
  if (known) return known;
  const enrollmentToken =
    settings.enrollmentToken ?? (settings.enrollmentTokenFile && readSecret(settings.enrollmentTokenFile));
  if (!enrollmentToken)
    throw new SettingsError(
      "this machine has no token: give CULPRIT_TOKEN, or a token with which it may enrol itself " +
        "(`culprit token create --enroll` on the hub makes one)",
    );
  return enrol(options, enrollmentToken, kept, signal);
}

function keptTokenPath({ dataDir }: AgentSettings): string {
  return join(dataDir, "machine-token");
}

async function enrol(
  { settings, fetch, clock, random, log }: MachineTokenOptions,
  enrollmentToken: string,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  const client = new HubClient({ hub: settings.hub, token: enrollmentToken, fetch });
  const backoff = new Backoff({ firstSeconds: 1, mostSeconds: 30 }, random);
  const body = enrollmentOf(settings);
  while (!signal.aborted) {
    try {
      const { name, token } = await client.post("/enrollments", machineCreated, body);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await replaceFile(path, `${token}\n`, 0o600);
      log.info(`enrolled as ${name}`);
      return token;
    } catch (error) {
      const wait = mayRetry(error);
      if (wait === null) throw explain(error, settings);
      if (backoff.failures === 0 && error instanceof Error) log.warn(`can't enrol yet: ${error.message}`);
      await pause(clock, backoff.next(wait), signal);
    }
  }
  return null;
}

/** Seconds that the hub asks for, or null if trying again is useless. */
function mayRetry(error: unknown): number | null {
  if (error instanceof UnreachableError) return 0;
  if (!(error instanceof ProblemError)) return null;
  const { status, retryAfterSeconds = 0, code } = error.problem;
  return status >= 500 || status === 429 || code === "not-a-hub" ? retryAfterSeconds : null;
}

function explain(error: unknown, { machineName, hub }: AgentSettings): unknown {
  if (!(error instanceof ProblemError)) return error;
  if (error.problem.code === "conflict")
    return new SettingsError(
      `a machine named ${machineName} is already enrolled at ${hub}: give this one another name (CULPRIT_MACHINE_NAME), ` +
        "or give it the token of that machine (CULPRIT_TOKEN), or remove it there first",
    );
  if (error.problem.status === 401 || error.problem.status === 403)
    return new SettingsError(`${hub} does not accept the enrolment token: it may be used up or expired`);
  return error;
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).replace(/\s+/g, "") || null;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function warnIfOpen(path: string, log: Log): Promise<void> {
  const status = await stat(path).catch(() => null);
  if (status && (status.mode & 0o077) !== 0) log.warn(`${path} can be read by other users: chmod 600 it`);
}
