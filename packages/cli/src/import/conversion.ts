/** How rows become executions, from what was said and what the source has. Usage errors say what is missing. */
import { m } from "@culprit/messages";
import { isTimeZone } from "@culprit/protocol";
import { UsageError } from "../failures.ts";
import type { Terminal } from "../terminal.ts";
import type { Conversion } from "./convert.ts";
import { secondsPer, unitOf, type Mapping } from "./fields.ts";
import type { ImportOptions } from "./kind.ts";
import type { Source } from "./row.ts";

/** `machineImplied`: the token is a machine's own. */
export function conversionOf(
  options: ImportOptions,
  { columns }: Source,
  mapping: Mapping,
  machineImplied: boolean,
  terminal: Terminal,
): Conversion {
  const { zone = terminal.timeZone, dateOrder, machine, kind, machineNames = "" } = options;
  if (!isTimeZone(zone)) throw new UsageError(m.import_zone({ zone }));
  requireFields(mapping, columns, machine !== undefined || machineImplied);
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
    machineImplied,
    machineNames: new Map(pairs),
    now: terminal.now(),
  };
}

function requireFields({ columns }: Mapping, names: readonly string[], machineKnown: boolean): void {
  const shown = { columns: names.join(", ") };
  if (!columns.has("process")) throw new UsageError(m.import_no_process_column(shown));
  const ends = ["start", "end", "duration"] as const;
  if (ends.filter((field) => columns.has(field)).length < 2)
    throw new UsageError(m.import_no_time_columns(shown));
  if (!columns.has("machine") && !machineKnown) throw new UsageError(m.import_no_machine());
}
