import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { agentSettings, enrollmentOf } from "@culprit/agent/settings";
import { machineCreated, ProblemError } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { clientOf, findConnection, type ConnectionOptions } from "../connection.ts";
import { Failure, UsageError } from "../failures.ts";
import { printable } from "../format/table.ts";
import { hubCommand } from "../reading.ts";
import { readSettingsFile } from "../settings/file.ts";
import { resolveSettings } from "../settings/layers.ts";
import type { Terminal } from "../terminal.ts";

type Options = ConnectionOptions & { name?: string; labels?: string; group?: string; dataDir?: string };

export function enroll(terminal: Terminal): Command {
  return hubCommand("enroll", "enrol this machine at a hub, with a token of `culprit token create --enroll`")
    .option("--name <name>", "name of this machine (default: its host name)")
    .option("--labels <labels>", "what it is told by there, e.g. role=db,spare (CULPRIT_LABELS)")
    .option("--group <group>", "the group it is in there (CULPRIT_GROUP)")
    .option("--data-dir <folder>", "the agent's data directory (CULPRIT_DATA_DIR)")
    .action((options: Options) => enrollMachine(options, terminal));
}

async function enrollMachine(options: Options, terminal: Terminal): Promise<void> {
  const file = readSettingsFile(terminal, options.config);
  const flags = new Map(
    Object.entries({
      "--machine-name": options.name,
      "--labels": options.labels,
      "--group": options.group,
      "--data-dir": options.dataDir,
    }).filter(isSaid),
  );
  const { settings } = resolveSettings(agentSettings, { file, environment: terminal.environment, flags });
  const tokenFile = join(settings.dataDir, "machine-token");
  if (existsSync(tokenFile))
    throw new Failure(m.cmd_enroll_again({ file: tokenFile }), m.cmd_fix_enroll_again());
  const connection = findConnection(options, terminal);
  // Beside a hub a token of its command line is found, which enrols nobody.
  const { token = settings.enrollmentToken } = options;
  if (!token && !isForEnrolment(connection.token)) throw new UsageError(m.cmd_enroll_no_token());
  const created = await clientOf({ ...connection, token: token ?? connection.token })
    .post("/enrollments", machineCreated, enrollmentOf(settings))
    .catch((error: unknown) => {
      throw explain(error, settings.machineName);
    });
  await mkdir(dirname(tokenFile), { recursive: true, mode: 0o700 });
  await writeFile(tokenFile, `${created.token}\n`, { mode: 0o600, flag: "wx" });
  const more = [
    ...(options.ca === undefined ? [] : [`--ca ${options.ca}`]),
    ...(options.dataDir === undefined ? [] : [`--data-dir ${options.dataDir}`]),
  ];
  terminal.out(
    m.cmd_enroll_done({
      name: printable(created.name),
      id: created.id,
      hub: connection.hub,
      more: more.map((flag) => ` ${flag}`).join(""),
    }),
  );
}

function isForEnrolment(token: string | undefined): boolean {
  return token?.trimStart().startsWith("culprit_e_") ?? false;
}

function isSaid(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}

function explain(error: unknown, name: string): unknown {
  if (!(error instanceof ProblemError)) return error;
  const { code } = error.problem;
  if (code === "conflict") return new Failure(m.cmd_enroll_taken({ name }), m.cmd_fix_enroll_taken({ name }));
  if (code === "not-signed-in" || code === "forbidden")
    return new Failure(m.cmd_token_refused(), m.cmd_fix_enroll_token());
  return error;
}
