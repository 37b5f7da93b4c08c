/**
 * The agent as a process of its own: ends cleanly on SIGTERM and SIGINT, and with the process that started it if that
 * one keeps a channel to it; says why it can't go on.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { startAgent } from "./agent.ts";
import { standardErrorLog } from "./log.ts";
import { keepHeapSmall } from "./small-heap.ts";
import { agentSettings, SettingsError, type AgentSettingsInput } from "./settings.ts";

/** Variables, over the file that CULPRIT_CONFIG names, if it names one. Throws SettingsError, ZodError. */
export async function settingsFromEnvironment(environment: NodeJS.ProcessEnv): Promise<AgentSettingsInput> {
  const { CULPRIT_CONFIG: file } = environment;
  const inFile: AgentSettingsInput = file ? await settingsInFile(file) : {};
  const from = (name: string) => environment[name] || undefined;
  const texts = {
    hub: from("CULPRIT_HUB"),
    token: from("CULPRIT_TOKEN"),
    tokenFile: from("CULPRIT_TOKEN_FILE"),
    enrollmentToken: from("CULPRIT_ENROLLMENT_TOKEN"),
    enrollmentTokenFile: from("CULPRIT_ENROLLMENT_TOKEN_FILE"),
    machineName: from("CULPRIT_MACHINE_NAME"),
    group: from("CULPRIT_GROUP"),
    dataDir: from("CULPRIT_DATA_DIR"),
    intake: from("CULPRIT_INTAKE"),
    ca: from("CULPRIT_CA"),
  };
  const said = (name: string) => {
    const text = from(name)?.toLowerCase();
    return text === undefined ? undefined : ["1", "true", "yes", "on"].includes(text);
  };
  const observe = given({
    cron: said("CULPRIT_OBSERVE_CRON"),
    systemd: said("CULPRIT_OBSERVE_SYSTEMD"),
  });
  return {
    ...inFile,
    ...given({
      ...texts,
      labels: from("CULPRIT_LABELS")
        ?.split(",")
        .map((label) => label.trim()),
      allowPlainHttp: said("CULPRIT_ALLOW_PLAIN_HTTP"),
    }),
    observe: { ...inFile.observe, ...observe },
  };
}

async function settingsInFile(path: string): Promise<AgentSettingsInput> {
  try {
    // Loaded here: an agent that is told all by variables stays smaller.
    const { parse } = await import("yaml");
    return agentSettings.parse(parse(await readFile(path, "utf8")) ?? {});
  } catch (error) {
    throw new SettingsError(`the settings file ${path} can't be used: ${describe(error)}`);
  }
}

function given(all: object): object {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The first message of the process that started this one: no secret stands in an environment or an argument. */
export async function settingsFromParent(): Promise<AgentSettingsInput> {
  const [message] = await once(process, "message");
  return agentSettings.parse(message);
}

/** Runs until a signal or a failure; answers the exit status: 0, 1 (failed), 2 (settings). */
export async function runAgent(settings: AgentSettingsInput): Promise<number> {
  keepHeapSmall();
  try {
    const agent = await startAgent(settings);
    const reason = await Promise.race([
      once(process, "SIGTERM").then(() => null),
      once(process, "SIGINT").then(() => null),
      once(process, "SIGHUP").then(() => null),
      once(process, "disconnect").then(() => null),
      agent.failed.catch((error: unknown) => error),
    ]);
    await agent.stop();
    if (reason === null) return 0;
    standardErrorLog.error(describe(reason));
    return reason instanceof SettingsError ? 2 : 1;
  } catch (error) {
    return failureStatus(error);
  }
}

/** Says why it can't go on; answers the exit status. */
export function failureStatus(error: unknown): number {
  standardErrorLog.error(describe(error));
  return error instanceof SettingsError || error instanceof z.ZodError ? 2 : 1;
}

function describe(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
