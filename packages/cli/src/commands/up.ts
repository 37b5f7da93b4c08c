import { mkdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chooseIntake, noteIntake, openIntakeFolder, systemIntake } from "@culprit/agent/intake";
import { agentSettings, type AgentSettings } from "@culprit/agent/settings";
import { hubSettings } from "@culprit/hub/settings";
import { m } from "@culprit/messages";
import { Command } from "commander";
import { readSettingsFile, type SettingsFile } from "../settings/file.ts";
import { addSettingFlags, flagArguments, saidByFlags } from "../settings/flags.ts";
import { refuseUnknownKeys, resolveSettings } from "../settings/layers.ts";
import type { Terminal } from "../terminal.ts";
import { Child } from "../up/child.ts";
import { hubReady, type HubReady } from "../up/ready.ts";
import { askedToStop } from "../up/stop.ts";
import { culpritRun } from "../shipped.ts";
import { welcome } from "../up/welcome.ts";

export function up(terminal: Terminal): Command {
  const command = new Command("up")
    .description("run a hub and an agent for this machine, as two processes, until Ctrl-C")
    .option("--config <file>", "settings file instead of ./culprit.yaml (CULPRIT_CONFIG)");
  return addSettingFlags(command, hubSettings).action(() => runBoth(command, terminal));
}

/** `main.js` when built, `main.ts` when run from the sources. */
const culprit = join(import.meta.dirname, "..", `main${extname(import.meta.filename)}`);
/** The agent's own program carries no command line in memory. */
const agentProgram = fileURLToPath(import.meta.resolve("@culprit/agent/main"));

/** An agent has time: V8 keeps its heap small instead of its code fast. Without, it grows by 10 MB in an hour. */
const agentFlags = ["--optimize-for-size", "--max-old-space-size=32"];
/** Of what is young: at V8's own 16 MB, of which there are three, a hub holds 40 MB of what is over. */
const hubFlags = ["--max-semi-space-size=4"];
/**
 * Each thread, of the store above all, would keep a heap of its own, whose free parts no other uses; and the columns of an
 * analysis, once freed, would stay in it as holes. Large pieces that are mapped by themselves go back at once.
 */
const smallHeaps = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "131072",
};

async function runBoth(command: Command, terminal: Terminal): Promise<void> {
  const flags = saidByFlags(command);
  const file = readSettingsFile(terminal, flags.get("--config"));
  refuseUnknownKeys(file, [hubSettings, agentSettings]);
  // Someone looks on: what is in order need not be said.
  const preset = { logLevel: "warn" };
  const { settings } = resolveSettings(hubSettings, {
    file,
    environment: terminal.environment,
    flags,
    preset,
  });
  const agentDir = join(resolve(terminal.folder, settings.dataDir), "agent");
  const tokenFile = join(agentDir, "enrollment-token");
  mkdirSync(agentDir, { recursive: true, mode: 0o700 });
  const settingsOfAgent = settingsBeside(agentDir, tokenFile, file, terminal.environment);
  const stopped = askedToStop();
  const intake = chooseIntake(settingsOfAgent.intake, agentDir);
  // Who pastes the line below at once is earlier than the agent, which says what is wrong with the folder, if anything is.
  await openIntakeFolder(intake).catch(() => undefined);
  let ready: HubReady | null = null;
  let agent: Child | null = null;
  const hub = new Child({
    program: culprit,
    nodeFlags: hubFlags,
    argv: () => {
      const said = new Map(flags);
      said.set("--local-agent-token-file", tokenFile).set("--log-level", settings.logLevel);
      // Started again, it keeps the port that was chosen the first time.
      if (ready) said.set("--listen", ready.listen);
      return ["hub", ...flagArguments(said)];
    },
    environment: { ...smallHeaps, ...terminal.environment },
    onMessage: (message) => {
      const { success, data } = hubReady.safeParse(message);
      if (!success || ready) return;
      ready = data;
      const own = { ...settingsOfAgent, hub: data.address, ca: data.ca ?? settingsOfAgent.ca };
      welcome(data, terminal, recordCommand(intake));
      tellRecorders(intake);
      agent = agentBeside(own, terminal);
    },
    // A hub that never came up has said why, and would fail the same way again.
    again: () => ready !== null,
    onDeath: (status, seconds) => {
      if (seconds !== null) terminal.error(m.cmd_up_died({ name: "hub", status, seconds }));
    },
  });
  await Promise.race([stopped, hub.ended]);
  terminal.status = ready === null ? 1 : 0;
  // Ctrl-C reaches the children, too. The agent goes first, so that the hub takes what it still sends.
  hub.letEnd();
  await stop(agent);
  await hub.stop();
}

/** How a job of this computer is recorded; the folder is said where jobs would not guess it. */
function recordCommand(intake: string): string {
  const where = intake === systemIntake ? "" : `CULPRIT_INTAKE=${intake} `;
  return `${where}${culpritRun} --name backup -- /path/to/backup.sh`;
}

/** A user's own agent takes in what this user runs: recorders look where an agent of this user alone would note its folder. */
function tellRecorders(intake: string): void {
  if (process.getuid?.() === 0 || intake === systemIntake) return;
  // The line that was just printed names the folder in any case.
  noteIntake(intake, agentSettings.parse({}).dataDir).catch(() => undefined);
}

/** A local that a callback assigns is narrowed to null where it was declared. */
async function stop(child: Child | null): Promise<void> {
  await child?.stop();
}

/** What this user set for commands, hub and token, is not for the agent, which has a token of its own. */
function settingsBeside(
  agentDir: string,
  tokenFile: string,
  file: SettingsFile | null,
  environment: NodeJS.ProcessEnv,
): AgentSettings {
  const { CULPRIT_HUB: _hub, CULPRIT_TOKEN: _token, ...ownEnvironment } = environment;
  const { hub: _hubInFile, token: _tokenInFile, ...values } = file?.values ?? {};
  const flags = new Map([
    ["--data-dir", agentDir],
    ["--enrollment-token-file", tokenFile],
  ]);
  return resolveSettings(agentSettings, {
    file: file && { ...file, values },
    environment: ownEnvironment,
    flags,
  }).settings;
}

function agentBeside(settings: AgentSettings, terminal: Terminal): Child {
  return new Child({
    program: agentProgram,
    nodeFlags: agentFlags,
    argv: () => [],
    firstMessage: settings,
    environment: { ...smallHeaps, ...terminal.environment },
    again: () => true,
    onDeath: (status, seconds) => {
      if (seconds !== null) terminal.error(m.cmd_up_died({ name: "agent", status, seconds }));
    },
  });
}
