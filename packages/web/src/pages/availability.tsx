import { useMemo } from "react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { FleetAvailability } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { formatAvailability } from "@culprit/messages/quantity";
import { useFleetAvailability } from "../api/availability.ts";
import { instantText } from "../api/millis.ts";
import { day, spanOf } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { DaysChoice } from "../ui/days-choice.tsx";
import { JsonLink } from "../ui/json-link.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { Duration } from "../ui/time.tsx";
import { MaintenanceSection } from "./maintenance.tsx";
import { SpanForm } from "./span-form.tsx";

const route = getRouteApi("/signed-in/availability");

type Row = FleetAvailability["items"][number];

export function AvailabilityPage() {
  const { days = 30, from, to } = route.useSearch();
  const span = useMemo(() => spanOf(from, to), [from, to]);
  const navigate = useNavigate({ from: "/availability" });
  const answer = useFleetAvailability(span ?? { lastSeconds: days * day });
  const { language } = usePreferences();
  return (
    <Page
      title={m.availability_page()}
      name={m.availability_page()}
      actions={
        <DaysChoice
          days={span ? undefined : days}
          onChange={(days) => void navigate({ search: { days }, replace: true })}
        />
      }
      sentence={answer.data ? fleetSentence(answer.data.items, language) : answer.isError ? "" : undefined}
    >
      <details className="schedule-form" open={span !== undefined}>
        <summary>{m.availability_other_time()}</summary>
        <SpanForm
          key={`${from} ${to}`}
          span={span}
          machine={undefined}
          ofMachine={false}
          ask={m.availability_show()}
          onAsk={(asked) =>
            void navigate({ search: { from: instantText(asked.from), to: instantText(asked.to) } })
          }
        />
      </details>
      <Section
        title={m.machines()}
        aside={answer.data && <JsonLink path="/availability" query={answer.data.window} />}
      >
        <Answered query={answer} height={200}>
          {({ items }) => {
            const known = items.filter(isKnown);
            return items.length === 0 ? (
              <Empty title={m.availability_none()} />
            ) : (
              <>
                <DataTable
                  caption={m.availability_page()}
                  columns={columns(language)}
                  rows={known}
                  rowKey={({ machineId }) => machineId}
                  order={{ key: "share", descending: false }}
                />
                {known.length < items.length && (
                  <p className="quiet">
                    {m.availability_nothing_known_of({ count: items.length - known.length })}
                  </p>
                )}
              </>
            );
          }}
        </Answered>
      </Section>
      <MaintenanceSection />
    </Page>
  );
}

/** Of a machine without an agent there is nothing to tell. */
const isKnown = ({ share, seconds, incidents }: Row): boolean =>
  share !== null || incidents.length > 0 || seconds.paused > 0 || seconds.maintenance > 0;

function fleetSentence(items: readonly Row[], language: string): string {
  const known = items.flatMap(({ machine, share }) => (share === null ? [] : [{ machine, share }]));
  if (known.length === 0) return "";
  const worst = known.reduce((least, one) => (one.share < least.share ? one : least));
  if (worst.share === 1) return m.availability_fleet_sentence_well();
  return m.availability_fleet_sentence({
    name: worst.machine,
    share: formatAvailability(worst.share, language),
  });
}

function columns(language: string): Column<Row>[] {
  const share = (key: "share" | "knownShare", title: string): Column<Row> => ({
    key,
    title,
    numeric: true,
    value: (row) => row[key],
    cell: (row) => <span className="figure">{formatAvailability(row[key], language)}</span>,
  });
  const seconds = (key: keyof Row["seconds"], title: string): Column<Row> => ({
    key,
    title,
    numeric: true,
    value: (row) => row.seconds[key],
    // Of a column of zeros the one that is none would not be seen.
    cell: (row) =>
      row.seconds[key] === 0 ? <span className="quiet">–</span> : <Duration seconds={row.seconds[key]} />,
  });
  return [
    {
      key: "machine",
      title: m.machine(),
      value: ({ machine }) => machine,
      cell: ({ machine, machineId }) => (
        <Link to="/machines/$machine" params={{ machine: machineId }}>
          {machine}
        </Link>
      ),
    },
    share("share", m.availability_up()),
    share("knownShare", m.availability_known()),
    seconds("down", m.availability_down()),
    seconds("unreachable", m.availability_unreachable()),
    seconds("unknown", m.availability_unknown()),
    seconds("maintenance", m.availability_maintenance()),
    {
      key: "incidents",
      title: m.availability_incidents(),
      numeric: true,
      value: ({ incidents, incidentsLeftOut }) => incidents.length + incidentsLeftOut,
    },
  ];
}
