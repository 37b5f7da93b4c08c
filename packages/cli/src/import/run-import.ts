/** One `culprit import`: opens the source, asks the hub what it knows, imports, and says what came of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { basename, resolve } from "node:path";
import { m } from "@culprit/messages";
import { ProblemError, UnreachableError, type HubClient } from "@culprit/protocol";
import { clientOf, findConnection } from "../connection.ts";
import { describeFailure, Failure } from "../failures.ts";
import type { Terminal } from "../terminal.ts";
import { Checkpoint } from "./checkpoint.ts";
import { conversionOf } from "./conversion.ts";
import { chooseFields } from "./fields.ts";
import { importRows, type Imported, type Target } from "./importing.ts";
import { Interruption } from "./interruption.ts";
import type { ImportOptions, SourceKind } from "./kind.ts";
import { machineNames, registration } from "./machines.ts";
import { progressLine } from "./progress-line.ts";
import { Rejects } from "./rejects.ts";
import type { Source } from "./row.ts";
import { asJson, show } from "./show.ts";

const patienceSeconds = 600;

export async function runImport(
  kind: SourceKind,
  place: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<void> {
  const connection = findConnection(options, terminal);
  const { token } = connection;
  if (token === undefined && !options.dryRun)
    throw new Failure(m.cmd_no_token({ hub: connection.hub }), m.cmd_fix_no_token());
  const machineIsImplied = token?.trimStart().startsWith("culprit_m_") ?? false;
  const source = await kind.open(place, options, terminal);
  try {
    const mapping = chooseFields(source.columns, options.map);
    const how = conversionOf(options, source, mapping, machineIsImplied, terminal);
    const hub = clientOf(connection);
    const asked =
      machineIsImplied || options.createMachines
        ? { machines: null, failure: null }
        : await askMachines(hub, options);
    const rejectsPath = resolve(terminal.folder, options.rejects ?? `${nameOf(place)}.rejects.ndjson`);
    const line = await progressLine(
      options.json ? { ...terminal, interactive: false } : terminal,
      source.share,
    );
    const interruption = new Interruption();
    const target = options.dryRun
      ? null
      : targetOf({
          hub,
          source,
          options,
          rejectsPath,
          kind,
          place,
          connection,
          terminal,
          waiting: line.waiting,
        });
    const begun = performance.now();
    let imported: Imported;
    try {
      imported = await importRows({
        source,
        how,
        machines: asked.machines,
        target,
        progressed: line.rows,
        stopped: () => interruption.wanted,
      });
    } catch (error) {
      const ofHub = error instanceof ProblemError || error instanceof UnreachableError;
      if (ofHub && target?.checkpoint) terminal.error(m.import_interrupted());
      throw error;
    } finally {
      line.stop();
      interruption.end();
      target?.rejects.close();
    }
    if (!imported.interrupted) target?.checkpoint?.remove();
    const outcome = {
      ...imported,
      source,
      mapping,
      rejectsPath,
      dryRun: options.dryRun ?? false,
      machinesUnchecked: asked.failure,
      seconds: (performance.now() - begun) / 1000,
    };
    if (options.json) terminal.out(asJson(outcome));
    else show(outcome, terminal);
    if (imported.tally.badRows > 0 || imported.interrupted) terminal.status = 1;
  } finally {
    await source.close();
  }
}

/** A dry run works without a hub, and says what it therefore can't tell. */
async function askMachines(hub: HubClient, { dryRun }: ImportOptions) {
  try {
    return { machines: await machineNames(hub), failure: null };
  } catch (error) {
    if (!dryRun) throw error;
    return { machines: null, failure: describeFailure(error).text };
  }
}

type TargetParts = {
  hub: HubClient;
  source: Source;
  options: ImportOptions;
  rejectsPath: string;
  kind: SourceKind;
  place: string;
  connection: { hub: string };
  terminal: Terminal;
  waiting: (seconds: number) => void;
};

function targetOf(parts: TargetParts): Target {
  const { hub, source, options, rejectsPath, kind, place, connection, terminal, waiting } = parts;
  const { token: _, restart, json: _json, ...rest } = options;
  const checkpoint =
    source.fingerprint === null
      ? null
      : new Checkpoint(terminal.environment, [
          kind.name,
          resolve(terminal.folder, place),
          source.fingerprint,
          connection.hub,
          JSON.stringify(rest),
        ]);
  if (restart) checkpoint?.remove();
  const progress = checkpoint?.read() ?? { rows: 0, accepted: 0, duplicates: 0, refused: [] };
  const wait = async (seconds: number): Promise<void> => {
    waiting(seconds);
    await sleep(seconds * 1000);
  };
  return {
    hub,
    patience: { seconds: patienceSeconds, wait, random: Math.random },
    rejects: new Rejects(rejectsPath, source.columns, progress.rows > 0),
    checkpoint,
    progress,
    ...(options.createMachines ? { register: registration(hub) } : {}),
  };
}

function nameOf(place: string): string {
  if (place === "-") return "import";
  return place.includes("://") ? basename(new URL(place).pathname) || "import" : place;
}
