/** When checks were believed not to be well, and what the probes said. */
import { Link } from "@tanstack/react-router";
import type { CheckIncident } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { checkStateNames } from "@culprit/messages/check-names";
import { millis } from "../api/millis.ts";
import { checkStateLooks } from "./check-state.tsx";
import { DataTable, type Column } from "./data-table.tsx";
import { Mark } from "./outcome.tsx";
import { Duration, Instant } from "./time.tsx";

type CheckIncidentTableProps = {
  incidents: readonly CheckIncident[];
  caption: string;
  /** On a check's own page its name says nothing. */
  nameless?: boolean;
};

export function CheckIncidentTable({ incidents, caption, nameless = false }: CheckIncidentTableProps) {
  return (
    <DataTable
      caption={caption}
      columns={[...(nameless ? [] : [checkColumn()]), ...columns()]}
      rows={incidents}
      rowKey={({ checkId, startedAt }) => `${checkId} ${startedAt}`}
      order={{ key: "began", descending: true }}
      atFirst={10}
    />
  );
}

const checkColumn = (): Column<CheckIncident> => ({
  key: "check",
  title: m.check(),
  value: ({ check }) => check,
  cell: ({ checkId, check }) => (
    <Link to="/checks/$check" params={{ check: checkId }}>
      {check}
    </Link>
  ),
});

function columns(): Column<CheckIncident>[] {
  return [
    {
      key: "state",
      title: m.state(),
      value: ({ state }) => checkStateNames[state](),
      cell: ({ state }) => <Mark look={checkStateLooks[state]} text={checkStateNames[state]()} />,
    },
    {
      key: "began",
      title: m.check_incident_began(),
      value: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => <Instant at={startedAt} absolute />,
    },
    {
      key: "ended",
      title: m.check_incident_ended(),
      value: ({ endedAt }) => endedAt,
      cell: ({ endedAt }) =>
        endedAt === undefined ? m.check_incident_lasts() : <Instant at={endedAt} absolute />,
    },
    {
      key: "lasted",
      title: m.duration(),
      numeric: true,
      value: secondsOf,
      cell: (incident) => <Duration seconds={secondsOf(incident)} />,
    },
    {
      key: "text",
      title: m.check_said(),
      value: ({ text }) => text,
      cell: ({ text }) => <span className="check-said">{text.split("\n", 1)[0]}</span>,
    },
  ];
}

/** Until now where it lasts. */
function secondsOf({ startedAt, endedAt }: CheckIncident): number {
  return Math.max(0, ((endedAt === undefined ? Date.now() : millis(endedAt)) - millis(startedAt)) / 1000);
}
