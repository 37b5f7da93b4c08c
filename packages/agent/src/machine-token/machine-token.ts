/** Where the machine's token comes from: the settings, the data directory, or enrolment at the hub. */
import { mkdir, stat } from "node:fs/promises";
import { HubClient, machineCreated, ProblemError, type HubFetch } from "@culprit/protocol";
import { Backoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { enrollmentOf, readSecret, SettingsError, type AgentSettings } from "../settings.ts";
import { confirmToken, mayRetry } from "./confirm-token.ts";
import { KeptToken } from "./kept-token.ts";

export type MachineTokenOptions = {
  settings: AgentSettings;
  /** Where it is kept, if not simply in the data folder. */
  kept?: KeptToken;
  fetch: HubFetch;
  clock: Clock;
  random: () => number;
  log: Log;
};

export type MachineToken = {
  token: string;
  /** Of a token that the agent keeps itself, and may replace. */
  kept: KeptToken | null;
  /** Other tokens that were this machine's at the last start, perhaps. */
  before: readonly string[];
};

/** Null if `signal` was aborted while the hub was away; throws SettingsError if there is no way to a token. */
export async function machineToken(
  options: MachineTokenOptions,
  signal: AbortSignal,
): Promise<MachineToken | null> {
  const { settings, log } = options;
  if (settings.token) return { token: settings.token, kept: null, before: [] };
  if (settings.tokenFile) {
    await warnIfOpen(settings.tokenFile, log);
    return { token: readSecret(settings.tokenFile), kept: null, before: [] };
  }
  const kept = options.kept ?? new KeptToken(settings.dataDir);
  const found = await keptToken(kept, options, signal);
  if (found !== "none") return found;
  const enrollmentToken =
    settings.enrollmentToken ?? (settings.enrollmentTokenFile && readSecret(settings.enrollmentTokenFile));
  if (!enrollmentToken)
    throw new SettingsError(
      "this machine has no token: give CULPRIT_TOKEN, or a token with which it may enrol itself " +
        "(`culprit token create --enroll` on the hub makes one)",
    );
  return enrol(options, enrollmentToken, kept, signal);
}

/** One that was made and not settled when the agent ended is asked of the hub first: it may be the only one that works. */
async function keptToken(
  kept: KeptToken,
  { settings, fetch, clock, random, log }: MachineTokenOptions,
  signal: AbortSignal,
): Promise<MachineToken | "none" | null> {
  const [current, next] = [await kept.current(), await kept.next()];
  if (next === null) return current === null ? "none" : { token: current, kept, before: [] };
  const confirmation = await confirmToken(next, { hub: settings.hub, fetch, clock, random }, signal);
  if (signal.aborted && confirmation === "undecided") return null;
  if (confirmation === "confirmed") {
    await kept.promote();
    log.info("this machine's token was replaced, as was begun before");
    return { token: next, kept, before: current === null ? [] : [current] };
  }
  if (confirmation === "unknown-token") await kept.dropNext();
  return current === null ? "none" : { token: current, kept, before: [next] };
}

async function enrol(
  { settings, fetch, clock, random, log }: MachineTokenOptions,
  enrollmentToken: string,
  kept: KeptToken,
  signal: AbortSignal,
): Promise<MachineToken | null> {
  const client = new HubClient({ hub: settings.hub, token: enrollmentToken, fetch });
  const backoff = new Backoff({ firstSeconds: 1, mostSeconds: 30 }, random);
  const body = enrollmentOf(settings);
  while (!signal.aborted) {
    try {
      const { name, token } = await client.post("/enrollments", machineCreated, body);
      await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
      await kept.keep(token);
      log.info(`enrolled as ${name}`);
      return { token, kept, before: [] };
    } catch (error) {
      const wait = mayRetry(error);
      if (wait === null) throw explain(error, settings);
      if (backoff.failures === 0 && error instanceof Error) log.warn(`can't enrol yet: ${error.message}`);
      await pause(clock, backoff.next(wait), signal);
    }
  }
  return null;
}

function explain(error: unknown, { machineName, hub }: AgentSettings): unknown {
  if (!(error instanceof ProblemError)) return error;
  if (error.problem.code === "conflict")
    return new SettingsError(
      `a machine named ${machineName} is already enrolled at ${hub}: give this one another name (CULPRIT_MACHINE_NAME), ` +
        "or, if that one was installed again and this is it, take a token made for that (`culprit token create --enroll --for " +
        `${machineName}\`), or give it the token of that machine (CULPRIT_TOKEN)`,
    );
  if (error.problem.status === 401 || error.problem.status === 403)
    return new SettingsError(`${hub} does not accept the enrolment token: it may be used up or expired`);
  return error;
}

async function warnIfOpen(path: string, log: Log): Promise<void> {
  const status = await stat(path).catch(() => null);
  if (status && (status.mode & 0o077) !== 0) log.warn(`${path} can be read by other users: chmod 600 it`);
}
