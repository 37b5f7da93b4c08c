/** What a machine's agent checks: the state of each, since when, what the probe said; and when it was not well. */
import { Link } from "@tanstack/react-router";
import type { Check } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useCheckIncidents, useChecks } from "../api/checks.ts";
import type { Window } from "../api/window.ts";
import { CheckIncidentTable } from "../ui/check-incident-table.tsx";
import { checkColumns } from "../ui/check-columns.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Section } from "../ui/page.tsx";
import { Answered } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";

export function MachineChecks({ machine, window }: { machine: string; window: Window }) {
  const checks = useChecks();
  const incidents = useCheckIncidents(window, { machine });
  const own = (checks.data ?? []).filter(({ machineId }) => machineId === machine);
  return (
    <Section id="checks" title={m.checks_page()} aside={<Link to="/checks">{m.checks_all()}</Link>}>
      <Answered query={checks} height={60}>
        {() =>
          own.length === 0 ? (
            <p className="quiet">{m.machine_no_checks()}</p>
          ) : (
            <DataTable
              caption={m.checks_page()}
              columns={columns()}
              rows={own}
              rowKey={({ id }) => id}
              order={{ key: "state", descending: true }}
              atFirst={12}
            />
          )
        }
      </Answered>
      {incidents.data && incidents.data.length > 0 && (
        <>
          <h3 className="chart-title">{m.check_incidents_of_all()}</h3>
          <CheckIncidentTable incidents={incidents.data} caption={m.check_incidents_of_all()} />
        </>
      )}
    </Section>
  );
}

function columns(): Column<Check>[] {
  return [
    ...checkColumns(),
    { key: "said", title: m.check_said(), value: ({ last }) => last?.text.split("\n", 1)[0] },
    {
      key: "since",
      title: m.check_since(),
      value: ({ since }) => since,
      cell: ({ since }) => (since === null ? "–" : <Instant at={since} />),
    },
  ];
}
