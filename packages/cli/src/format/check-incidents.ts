/** Times in which checks were not well, as a table. */
import type { CheckIncident } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { checkStateNames } from "@culprit/messages/check-names";
import type { Terminal } from "../terminal.ts";
import { checkStateColours } from "./check-state.ts";
import { localTime } from "./quantity.ts";
import type { Column } from "./table.ts";

export function incidentColumns({ timeZone }: Terminal): Column<CheckIncident>[] {
  return [
    { title: m.cmd_col_check(), shrinkTo: 12, cell: ({ check }) => check },
    { title: m.cmd_col_machine(), shrinkTo: 8, cell: ({ machine }) => machine ?? m.check_by_hub() },
    {
      title: m.cmd_col_state(),
      cell: ({ state }) => checkStateNames[state](),
      colour: ({ state }) => checkStateColours[state],
    },
    {
      title: m.cmd_col_check_began({ zone: timeZone }),
      cell: ({ startedAt }) => localTime(startedAt, timeZone),
    },
    {
      title: m.cmd_col_check_ended(),
      cell: ({ endedAt }) =>
        endedAt === undefined ? m.check_incident_lasts() : localTime(endedAt, timeZone),
    },
    { title: m.cmd_col_said(), shrinkTo: 20, cell: ({ text }) => text.split("\n", 1)[0] ?? "" },
  ];
}
