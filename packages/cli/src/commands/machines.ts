import {
  hasLabels,
  isNeverHeard,
  list,
  machine,
  readLabel,
  type Machine,
  type MachineState,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import { UsageError } from "../failures.ts";
import type { Colour } from "../format/colour.ts";
import { conditionLines } from "../format/machine-conditions.ts";
import { clocksThatAreOff } from "../format/machine-clock.ts";
import { labelsText } from "../format/labels.ts";
import { machineStateText } from "../format/machine-state.ts";
import { share } from "../format/quantity.ts";
import { read, readingCommand, showTable, timeOf, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { machineProbeCommand } from "../machine-probe.ts";
import { rotateTokenCommand } from "../machine-token.ts";

const colours: Record<MachineState, Colour | undefined> = {
  online: "green",
  late: "yellow",
  silent: "red",
  unreachable: "red",
  down: "red",
  paused: "dim",
};

export function machines(terminal: Terminal): Command {
  return (
    readingCommand("machines", "the machines that are enrolled, and how they are now")
      // Options after the name of a subcommand are the subcommand's.
      .enablePositionalOptions()
      .option(
        "--label <label>",
        "only those that have it: role=db, or role; several times: all of them",
        collect,
      )
      .option("--group <group>", "only those of this group")
      .action((options: Options) => showMachines(options, terminal))
      .addCommand(machineProbeCommand(terminal))
      .addCommand(rotateTokenCommand(terminal))
  );
}

type Options = ReadingOptions & { label?: string[]; group?: string };

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function wantedLabel(text: string): NonNullable<ReturnType<typeof readLabel>> {
  const label = readLabel(text);
  if (!label) throw new UsageError(m.cmd_fleet_label_wrong({ label: text }));
  return label;
}

/** Groups compare without case, as names of machines do. */
const folded = (text: string | undefined) => text?.normalize("NFC").toLowerCase();

async function showMachines(options: Options, terminal: Terminal): Promise<void> {
  const wanted = (options.label ?? []).map(wantedLabel);
  const fits = ({ labels, group }: Machine) =>
    hasLabels(labels, wanted) && (options.group === undefined || folded(group) === folded(options.group));
  const time = timeOf(terminal);
  await read(
    options,
    terminal,
    async (hub) => {
      const { items, ...more } = await hub.get("/machines", list(machine));
      return { ...more, items: items.filter(fits) };
    },
    ({ items }) => {
      if (items.length === 0)
        return terminal.out(
          options.label || options.group !== undefined ? m.cmd_fleet_none_fit() : m.cmd_no_machines(),
        );
      showTable(
        terminal,
        [
          { title: m.cmd_col_machine(), shrinkTo: 8, cell: (row: Machine) => row.name },
          { title: m.cmd_col_id(), cell: (row) => row.id },
          ...(items.some(({ group }) => group !== undefined)
            ? [{ title: m.cmd_fleet_col_group(), shrinkTo: 8, cell: (row: Machine) => row.group ?? "" }]
            : []),
          {
            title: m.cmd_col_state(),
            cell: machineStateText,
            colour: (row) => (isNeverHeard(row) ? "dim" : colours[row.state]),
          },
          { title: m.cmd_col_cpu(), align: "right", cell: (row) => share(row.now?.cpuShare) },
          { title: m.cmd_col_memory(), align: "right", cell: (row) => share(row.now?.memoryShare) },
          { title: m.cmd_col_disk(), align: "right", cell: (row) => share(row.now?.diskShare) },
          { title: m.cmd_col_pressure(), align: "right", cell: (row) => share(row.now?.pressureShare) },
          { title: m.cmd_col_contact({ zone: terminal.timeZone }), cell: (row) => time(row.lastContactAt) },
          { title: m.cmd_col_agent(), cell: (row) => row.computer?.agentVersion ?? "" },
          ...(items.some(({ labels }) => Object.keys(labels).length > 0)
            ? [{ title: m.cmd_fleet_col_labels(), shrinkTo: 8, cell: labelsText }]
            : []),
        ],
        items,
      );
      for (const line of [...clocksThatAreOff(items), ...conditionLines(items, terminal.timeZone)])
        terminal.out(line);
    },
  );
}
