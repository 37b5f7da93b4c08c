/** `culprit import <kind> <place>`: history from elsewhere becomes executions. */
import { executionKinds } from "@culprit/protocol";
import { Command, Option } from "commander";
import { durationUnits } from "../import/fields.ts";
import type { ImportOptions, SourceKind } from "../import/kind.ts";
import { runImport } from "../import/run-import.ts";
import { sourceKinds } from "../import/sources/index.ts";
import { hubCommand } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

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
    .action((place: string, options: ImportOptions) => runImport(kind, place, options, terminal));
}
