import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { agentSettings } from "@culprit/agent/settings";
import { hubSettings, type HubSettings } from "@culprit/hub/settings";
import { m } from "@culprit/messages";
import { Command } from "commander";
import { describeFailure, Failure } from "../failures.ts";
import { readSettingsFile } from "../settings/file.ts";
import { addSettingFlags, saidByFlags } from "../settings/flags.ts";
import { refuseUnknownKeys, resolveSettings } from "../settings/layers.ts";
import { printSettings } from "../settings/print.ts";
import type { Terminal } from "../terminal.ts";
import { keepCliToken } from "../up/cli-token.ts";
import type { HubReady } from "../up/ready.ts";
import { askedToStop } from "../up/stop.ts";
import { welcome } from "../up/welcome.ts";

type Options = { printConfig?: boolean; json?: boolean };

export function hub(terminal: Terminal): Command {
  const command = new Command("hub")
    .description("run a hub: API, dashboard, store, analysis")
    .option("--config <file>", "settings file instead of ./culprit.yaml (CULPRIT_CONFIG)")
    .option("--print-config", "show every setting and where it comes from, and do nothing else")
    .option("--json", "with --print-config");
  return addSettingFlags(command, hubSettings).action((options: Options) =>
    runHub(command, options, terminal),
  );
}

async function runHub(command: Command, options: Options, terminal: Terminal): Promise<void> {
  const flags = saidByFlags(command);
  const file = readSettingsFile(terminal, flags.get("--config"));
  refuseUnknownKeys(file, [hubSettings, agentSettings]);
  const layers = {
    file,
    environment: terminal.environment,
    flags,
    preset: { webRoot: builtDashboard(), agentFiles: builtAgent() },
  };
  const { settings, origins } = resolveSettings(hubSettings, layers);
  if (options.printConfig) return printSettings(origins, options.json ?? false, terminal);

  const stopped = askedToStop();
  // The store's files take their mode from here, and the data directory may have been made by someone, open to all.
  process.umask(0o077);
  // Loaded here, so that other commands start without a database.
  const { startHub } = await import("@culprit/hub");
  const running = await startHub(settings).catch((error: unknown) => {
    throw error instanceof Error ? new Failure(error.message) : error;
  });
  const address = addressFor(settings, running.address);
  const certificate =
    settings.tlsCert === undefined ? {} : { ca: resolve(terminal.folder, settings.tlsCert) };
  const dataDir = resolve(terminal.folder, settings.dataDir);
  await keepCliToken(dataDir, { hub: address, ...certificate }, () => running.oneTimeSecret()).catch(
    (error: unknown) => terminal.error(m.cmd_up_no_cli_token({ reason: describeFailure(error).text })),
  );
  const ready: HubReady = {
    ready: true,
    address,
    listen: listenAgain(settings, running.address),
    signInLink: `${address}/sign-in#once=${await running.oneTimeSecret()}`,
    ...(running.adminPassword === null ? {} : { adminPassword: running.adminPassword }),
    ...certificate,
  };
  if (process.send) process.send(ready);
  else welcome(ready, terminal);
  await stopped;
  await running.stop();
}

function builtDashboard(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@culprit/web/package.json")), "dist");
}

/** Beside the program, which from the sources is in another folder. */
function builtAgent(): string {
  return join(dirname(fileURLToPath(import.meta.resolve("@culprit/agent/main"))), "../dist/single-file");
}

/** A certificate is made for the name by which people reach the hub. */
function addressFor({ publicUrl, tlsCert }: HubSettings, address: string): string {
  return publicUrl === undefined || tlsCert === undefined ? address : new URL(publicUrl).origin;
}

/** The same host with the port that was found, if any would do. */
function listenAgain({ listen }: HubSettings, address: string): string {
  return `${listen.slice(0, listen.lastIndexOf(":"))}:${new URL(address).port || listen.slice(listen.lastIndexOf(":") + 1)}`;
}
