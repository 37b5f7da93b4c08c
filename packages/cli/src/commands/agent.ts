import { agentSettings } from "@culprit/agent/settings";
import { hubSettings } from "@culprit/hub/settings";
import { Command } from "commander";
import { Failure } from "../failures.ts";
import { readSettingsFile } from "../settings/file.ts";
import { addSettingFlags, saidByFlags } from "../settings/flags.ts";
import { refuseUnknownKeys, resolveSettings } from "../settings/layers.ts";
import { printSettings } from "../settings/print.ts";
import type { Terminal } from "../terminal.ts";
import { askedToStop } from "../up/stop.ts";

type Options = { printConfig?: boolean; json?: boolean };

export function agent(terminal: Terminal): Command {
  const command = new Command("agent")
    .description("watch this machine: sample it, take in its executions, send both to the hub")
    .option("--config <file>", "settings file instead of ./culprit.yaml (CULPRIT_CONFIG)")
    .option("--print-config", "show every setting and where it comes from, and do nothing else")
    .option("--json", "with --print-config");
  return addSettingFlags(command, agentSettings).action((options: Options) =>
    runAgent(command, options, terminal),
  );
}

async function runAgent(command: Command, options: Options, terminal: Terminal): Promise<void> {
  const flags = saidByFlags(command);
  const file = readSettingsFile(terminal, flags.get("--config"));
  refuseUnknownKeys(file, [agentSettings, hubSettings]);
  const layers = { file: file, environment: terminal.environment, flags };
  const { settings, origins } = resolveSettings(agentSettings, layers);
  if (options.printConfig) return printSettings(origins, options.json ?? false, terminal);

  const stopped = askedToStop();
  // Loaded here, so that help and other commands start without it.
  const { keepHeapSmall, startAgent } = await import("@culprit/agent");
  keepHeapSmall();
  const running = await startAgent(settings).catch(refused);
  try {
    await Promise.race([stopped, running.failed.catch(refused)]);
  } finally {
    await running.stop();
  }
}

/** The agent's errors say themselves what to do. */
function refused(error: unknown): never {
  throw error instanceof Error ? new Failure(withCauses(error)) : error;
}

function withCauses(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${withCauses(error.cause)}` : error.message;
}
