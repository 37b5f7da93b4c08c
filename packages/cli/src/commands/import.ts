/** `culprit import <kind> <place>`: history from elsewhere becomes executions. */
import { setTimeout as sleep } from "node:timers/promises";
import { basename, resolve } from "node:path";
import { m } from "@culprit/messages";
import { executionKinds, isTimeZone, type HubClient } from "@culprit/protocol";
import { Command, Option } from "commander";
import { clientOf, findConnection } from "../connection.ts";
import { describeFailure, Failure, UsageError } from "../failures.ts";
import { Checkpoint } from "../import/checkpoint.ts";
import type { Conversion } from "../import/convert.ts";
import { chooseFields, durationUnits, secondsPer, unitOf, type Mapping } from "../import/fields.ts";
import { importRows, type Imported, type Target } from "../import/importing.ts";
import type { ImportOptions, SourceKind } from "../import/kind.ts";
import { machineNames, registration } from "../import/machines.ts";
import { progressLine } from "../import/progress-line.ts";
import { Rejects } from "../import/rejects.ts";
import type { Source } from "../import/row.ts";
import { asJson, show } from "../import/show.ts";
import { sourceKinds } from "../import/sources/index.ts";
import { hubCommand } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

const patienceSeconds = 600;

export function importCommand(terminal: Terminal): Command {
  const command = new Command("import").description(
    "take in history from elsewhere; importing the same again adds nothing",
  );
  for (const kind of sourceKinds) command.addCommand(commandOf(kind, terminal));
  return command;
}

function commandOf(kind: SourceKind, terminal: Terminal): Command {
  const command = hubCommand(kind.name, kind.description)
    .argument(kind.place)
    .option("--dry-run", "say what would be imported, and write nothing")
    .option(
      "--map <list>",
      "which column is what, e.g. start=begin_ts,end=end_ts,process=job,attributes.host=node",
    )
    .option("--machine <name>", "where it ran, for rows that do not say so")
    .option("--machine-names <list>", "the source's names of machines and the hub's, e.g. 1=web-1,2=db-1")
    .addOption(
      new Option("--kind <kind>", "of rows that do not say so").choices(executionKinds).default("job"),
    )
    .option("--zone <zone>", "time zone of local times, e.g. America/Sao_Paulo (default: this computer's)")
    .addOption(new Option("--date-order <order>", "of dates such as 03/04/2026").choices(["dmy", "mdy"]))
    .addOption(
      new Option("--duration-unit <unit>", "of durations (default: by the column's name, else s)").choices(
        durationUnits,
      ),
    )
    .option("--create-machines", "register machines that the hub does not know")
    .option("--rejects <file>", "where rows that can't be imported go (default: <file>.rejects.ndjson)")
    .option("--restart", "from the beginning, although an earlier import was interrupted")
    .option("--json", "the result as JSON");
  return kind
    .configure(command)
    .action((place: string, options: ImportOptions) => run(kind, place, options, terminal));
}

async function run(
  kind: SourceKind,
  place: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<void> {
  if (options.zone !== undefined && !isTimeZone(options.zone))
    throw new UsageError(m.import_zone({ zone: options.zone }));
  const connection = findConnection(options, terminal);
  const { token } = connection;
  if (token === undefined && !options.dryRun)
    throw new Failure(m.cmd_no_token({ hub: connection.hub }), m.cmd_fix_no_token());
  const machineIsImplied = token?.trimStart().startsWith("culprit_m_") ?? false;
  const source = await kind.open(place, options, terminal);
  try {
    const mapping = chooseFields(source.columns, options.map);
    const how = conversionOf(options, source, mapping, terminal);
    requireFields(mapping, source, options.machine !== undefined || machineIsImplied);
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

function conversionOf(
  options: ImportOptions,
  { columns }: Source,
  mapping: Mapping,
  terminal: Terminal,
): Conversion {
  const { zone = terminal.timeZone, dateOrder, machine, kind, machineNames = "" } = options;
  const duration = mapping.columns.get("duration");
  const unit = options.durationUnit ?? (duration === undefined ? "s" : unitOf(columns[duration]!));
  const pairs = machineNames
    .split(",")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const [, from, to] = /^(.+?)=(.+)$/.exec(pair.trim()) ?? [];
      if (from === undefined || to === undefined)
        throw new UsageError(m.import_machine_names({ text: pair }));
      return [from, to];
    });
  return {
    mapping,
    time: { zone, dateOrder },
    unitSeconds: secondsPer(unit),
    kind,
    machine,
    machineNames: new Map(pairs),
    now: terminal.now(),
  };
}

function requireFields({ columns }: Mapping, source: Source, machineKnown: boolean): void {
  const shown = { columns: source.columns.join(", ") };
  if (!columns.has("process")) throw new UsageError(m.import_no_process_column(shown));
  const ends = ["start", "end", "duration"] as const;
  if (ends.filter((field) => columns.has(field)).length < 2)
    throw new UsageError(m.import_no_time_columns(shown));
  if (!columns.has("machine") && !machineKnown) throw new UsageError(m.import_no_machine());
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

/** The first Ctrl-C ends the import after what is under way, a second one at once. */
class Interruption {
  wanted = false;
  readonly #note = (): void => void (this.wanted = true);

  constructor() {
    process.once("SIGINT", this.#note).once("SIGTERM", this.#note);
  }

  end(): void {
    process.off("SIGINT", this.#note).off("SIGTERM", this.#note);
  }
}
