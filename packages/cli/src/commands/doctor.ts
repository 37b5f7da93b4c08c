import { notedAccessLogs } from "@culprit/agent/access-logs";
import { serviceManager } from "@culprit/agent/service-manager";
import { agentSettings } from "@culprit/agent/settings";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { findConnection } from "../connection.ts";
import type { Finding } from "../doctor/finding.ts";
import { checks } from "../doctor/index.ts";
import { probeHub } from "../doctor/probe-hub.ts";
import type { Surroundings } from "../doctor/surroundings.ts";
import { describeFailure } from "../failures.ts";
import { formatFindings, type NamedFinding } from "../format/findings.ts";
import { readingCommand, type ReadingOptions } from "../reading.ts";
import { readSettingsFile } from "../settings/file.ts";
import { resolveSettings } from "../settings/layers.ts";
import { localPlaces } from "../settings/local-places.ts";
import type { Terminal } from "../terminal.ts";

type Options = ReadingOptions & { dataDir?: string };

export function doctor(terminal: Terminal): Command {
  return readingCommand(
    "doctor",
    "look for everything that commonly goes wrong; exit status 1 if there is a problem",
  )
    .option("--data-dir <folder>", "the hub's data directory (CULPRIT_DATA_DIR)")
    .action((options: Options) => examine(options, terminal));
}

async function examine(options: Options, terminal: Terminal): Promise<void> {
  const spinner = terminal.interactive && !options.json ? await spin(m.doctor_looking()) : null;
  const findings = await lookAtAll(await surroundingsOf(options, terminal));
  spinner?.stop();
  if (options.json) terminal.out(JSON.stringify({ items: findings }, null, 2));
  else terminal.out(formatFindings(findings, terminal));
  if (findings.some(({ level }) => level === "problem")) terminal.status = 1;
}

async function spin(text: string): Promise<{ stop(): void }> {
  const { default: ora } = await import("ora");
  return ora(text).start();
}

async function surroundingsOf(options: Options, terminal: Terminal): Promise<Surroundings> {
  const connection = findConnection(options, terminal);
  const places = localPlaces(options, terminal);
  const { accessLogs, allowedFile, observe } = agentSaid(options, terminal);
  return {
    terminal,
    connection,
    probe: await probeHub(connection, terminal.now),
    ...places,
    accessLogs: accessLogs.length > 0 ? accessLogs : notedAccessLogs(places.agentDir),
    allowedFile,
    services: serviceManager(),
    observesCron: observe.cron,
    proc: "/proc",
    sys: "/sys",
    cronPath: ["/usr/bin", "/bin"],
  };
}

/** What file and variables say here of what an agent looks at. */
function agentSaid(options: Options, terminal: Terminal) {
  const file = readSettingsFile(terminal, options.config);
  const layers = { file, environment: terminal.environment, flags: new Map<string, string>() };
  return resolveSettings(agentSettings.pick({ accessLogs: true, allowedFile: true, observe: true }), layers)
    .settings;
}

async function lookAtAll(surroundings: Surroundings): Promise<NamedFinding[]> {
  const all: NamedFinding[] = [];
  for (const { name, look } of checks) {
    // One check that fails must not hide what the others found.
    const findings = await look(surroundings).catch(failed);
    all.push(...findings.map((finding) => ({ check: name, ...finding })));
  }
  return all;
}

function failed(error: unknown): Finding[] {
  const { text, fix } = describeFailure(error);
  return [{ level: "problem", text, ...(fix === undefined ? {} : { fix }) }];
}
