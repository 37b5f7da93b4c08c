/** What starts in the same minute on one machine, so that nothing tells which of them slows others down. */
import { Link } from "@tanstack/react-router";
import type { Herd } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Section } from "../ui/page.tsx";
import { timesOfDay } from "./shift-words.ts";

export function Herds({ herds }: { herds: readonly Herd[] }) {
  return (
    <Section title={m.herds_title()}>
      <p className="quiet small">{m.herds_hint()}</p>
      <DataTable
        caption={m.herds_title()}
        columns={columns()}
        rows={herds}
        rowKey={({ machineId, processes }) => `${machineId} ${processes.map((one) => one.processId).join()}`}
        atFirst={8}
      />
    </Section>
  );
}

function columns(): Column<Herd>[] {
  return [
    {
      key: "processes",
      title: m.processes(),
      value: ({ processes }) => processes.map(({ process }) => process).join(", "),
      cell: ({ processes }) =>
        processes.map(({ process, processId }, index) => (
          <span key={processId}>
            {index > 0 && ", "}
            <Link to="/processes/$process" params={{ process: processId }}>
              {process}
            </Link>
          </span>
        )),
    },
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    {
      key: "starts",
      title: m.herds_starts_at(),
      value: ({ startsAt }) => startsAt.join(" "),
      cell: ({ startsAt, zone }) => (
        <>
          {startsAt.length === 0 ? m.herds_changing() : timesOfDay(startsAt)}{" "}
          <span className="quiet small">{zone}</span>
        </>
      ),
    },
    { key: "together", title: m.herds_together(), numeric: true, value: ({ runs }) => runs },
  ];
}
