import { list, machine, type Machine, type MachineState } from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Command } from "commander";
import type { Colour } from "../format/colour.ts";
import { clocksThatAreOff } from "../format/machine-clock.ts";
import { stateText } from "../format/machine-state.ts";
import { share } from "../format/quantity.ts";
import { read, readingCommand, showTable, timeOf, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";

const colours: Record<MachineState, Colour | undefined> = {
  online: "green",
  late: "yellow",
  silent: "red",
  unreachable: "red",
  down: "red",
  paused: "dim",
};

export function machines(terminal: Terminal): Command {
  return readingCommand("machines", "the machines that are enrolled, and how they are now").action(
    (options: ReadingOptions) => showMachines(options, terminal),
  );
}

async function showMachines(options: ReadingOptions, terminal: Terminal): Promise<void> {
  const time = timeOf(terminal);
  await read(
    options,
    terminal,
    (hub) => hub.get("/machines", list(machine)),
    ({ items }) => {
      if (items.length === 0) return terminal.out(m.cmd_no_machines());
      showTable(
        terminal,
        [
          { title: m.cmd_col_machine(), shrinkTo: 8, cell: (row: Machine) => row.name },
          { title: m.cmd_col_id(), cell: (row) => row.id },
          {
            title: m.cmd_col_state(),
            cell: (row) => stateText(row.state),
            colour: (row) => colours[row.state],
          },
          { title: m.cmd_col_cpu(), align: "right", cell: (row) => share(row.now?.cpuShare) },
          { title: m.cmd_col_memory(), align: "right", cell: (row) => share(row.now?.memoryShare) },
          { title: m.cmd_col_disk(), align: "right", cell: (row) => share(row.now?.diskShare) },
          { title: m.cmd_col_pressure(), align: "right", cell: (row) => share(row.now?.pressureShare) },
          { title: m.cmd_col_contact({ zone: terminal.timeZone }), cell: (row) => time(row.lastContactAt) },
          { title: m.cmd_col_agent(), cell: (row) => row.computer?.agentVersion ?? "" },
        ],
        items,
      );
      for (const line of clocksThatAreOff(items)) terminal.out(line);
    },
  );
}
