import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemIntake } from "@culprit/agent/intake";
import { hubSettings } from "@culprit/hub/settings";
import { m } from "@culprit/messages";
import { Command } from "commander";
import { readSettingsFile } from "../settings/file.ts";
import { addSettingFlags, flagArguments, saidByFlags } from "../settings/flags.ts";
import { resolveSettings } from "../settings/layers.ts";
import type { Terminal } from "../terminal.ts";
import { Child } from "../up/child.ts";
import { hubReady, type HubReady } from "../up/ready.ts";
import { askedToStop } from "../up/stop.ts";
import { localPlaces } from "../settings/local-places.ts";
import { culpritRun } from "../shipped.ts";
import { welcome } from "../up/welcome.ts";

export function up(terminal: Terminal): Command {
  const command = new Command("up")
    .description("run a hub and an agent for this machine, as two processes, until Ctrl-C")
    .option("--config <file>", "settings file instead of ./culprit.yaml (CULPRIT_CONFIG)");
  return addSettingFlags(command, hubSettings).action(() => runBoth(command, terminal));
}

async function runBoth(command: Command, terminal: Terminal): Promise<void> {
  const flags = saidByFlags(command);
  const file = readSettingsFile(terminal, flags.get("--config"));
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

  const stopped = askedToStop();
  let ready: HubReady | null = null;
  let agent: Child | null = null;
  const hub = new Child({
    argv: () => {
      const said = new Map(flags);
      said.set("--local-agent-token-file", tokenFile).set("--log-level", settings.logLevel);
      // Started again, it keeps the port that was chosen the first time.
      if (ready) said.set("--listen", ready.listen);
      return ["hub", ...flagArguments(said)];
    },
    environment: terminal.environment,
    onMessage: (message) => {
      const { success, data } = hubReady.safeParse(message);
      if (!success || ready) return;
      ready = data;
      welcome(data, terminal, recordCommand(terminal));
      agent = agentBeside(data, agentDir, tokenFile, flags.get("--config"), terminal);
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
function recordCommand(terminal: Terminal): string {
  const { intake } = localPlaces({}, terminal);
  const where = intake === systemIntake ? "" : `CULPRIT_INTAKE=${intake} `;
  return `${where}${culpritRun} --name backup -- /path/to/backup.sh`;
}

/** A local that a callback assigns is narrowed to null where it was declared. */
async function stop(child: Child | null): Promise<void> {
  await child?.stop();
}

function agentBeside(
  { address, ca }: HubReady,
  agentDir: string,
  tokenFile: string,
  config: string | undefined,
  terminal: Terminal,
): Child {
  // What this user set for commands is not for the agent, which has a token of its own.
  const {
    CULPRIT_HUB: _hub,
    CULPRIT_TOKEN: _token,
    CULPRIT_DATA_DIR: _dataDir,
    ...environment
  } = terminal.environment;
  return new Child({
    argv: () => [
      "agent",
      `--hub=${address}`,
      `--data-dir=${agentDir}`,
      `--enrollment-token-file=${tokenFile}`,
      ...(ca === undefined ? [] : [`--ca=${ca}`]),
      ...(config === undefined ? [] : [`--config=${config}`]),
    ],
    environment,
    again: () => true,
    onDeath: (status, seconds) => {
      if (seconds !== null) terminal.error(m.cmd_up_died({ name: "agent", status, seconds }));
    },
  });
}
