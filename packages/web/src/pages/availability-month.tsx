/** How much of a month a machine or a check was up: a calendar, what happened, and what a day was made of. */
import { useState } from "react";
import { ActionIcon, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { availabilityKinds, type Availability, type AvailabilityDay } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { formatAvailability } from "@culprit/messages/quantity";
import { useAvailability, type Watched } from "../api/availability.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { Facts } from "../ui/facts.tsx";
import { IncidentTable } from "../ui/incident-table.tsx";
import { JsonLink } from "../ui/json-link.tsx";
import { CalendarLegend, MonthCalendar } from "../ui/month-calendar.tsx";
import { monthFrom, monthOf, monthWindow } from "../ui/month.ts";
import { useNow } from "../ui/now.ts";
import { Section } from "../ui/page.tsx";
import { Answered } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";

type AvailabilityMonthProps = {
  of: Watched;
  /** Nothing is known of it before: an instant of the API. */
  since: string;
  /** That of the machine, where it has one. */
  machineZone?: string | undefined;
};

export function AvailabilityMonth({ of, since, machineZone }: AvailabilityMonthProps) {
  const zone = useZone(machineZone);
  const latest = monthOf(useNow(), zone);
  const [month, setMonth] = useState(latest);
  const [day, setDay] = useState<string>();
  const answer = useAvailability(of, monthWindow(month, zone), zone);
  const go = (step: number) => {
    setMonth(monthFrom(month, step));
    setDay(undefined);
  };
  return (
    <Section
      id="availability"
      title={m.availability_page()}
      aside={
        <Group gap="xs">
          {answer.data && (
            <JsonLink
              path={`/${of.noun}/${encodeURIComponent(of.id)}/availability`}
              query={{ ...answer.data.window, timeZone: zone }}
            />
          )}
          {of.noun === "machines" && <Link to="/availability">{m.all_machines()}</Link>}
          <ActionIcon
            variant="default"
            aria-label={m.availability_month_before()}
            disabled={month <= monthOf(Date.parse(since), zone)}
            onClick={() => go(-1)}
          >
            <IconChevronLeft size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label={m.availability_month_after()}
            disabled={month >= latest}
            onClick={() => go(1)}
          >
            <IconChevronRight size={16} aria-hidden />
          </ActionIcon>
        </Group>
      }
    >
      <Answered query={answer} height={320}>
        {(data) => (
          <div className="availability">
            <div>
              <MonthCalendar month={month} days={data.days} chosen={day} onChoose={setDay} />
              <CalendarLegend />
            </div>
            <Told answer={data} day={data.days.find(({ date }) => date === day)} zone={zone} />
          </div>
        )}
      </Answered>
    </Section>
  );
}

function Told({
  answer,
  day,
  zone,
}: {
  answer: Availability;
  day: AvailabilityDay | undefined;
  zone: string;
}) {
  const { language } = usePreferences();
  const { incidents, incidentsLeftOut, blind } = answer;
  const { share, knownShare, seconds } = day ?? answer;
  const name = answer.machine ?? answer.check ?? "";
  const percent = (value: number | null) => formatAvailability(value, language);
  const shown = day ? incidents.filter((one) => touches(one, day.date, zone)) : incidents;
  return (
    <div aria-live="polite">
      <p>
        {day && (
          <strong>
            {new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(
              Date.parse(`${day.date}T00:00:00Z`),
            )}
            {": "}
          </strong>
        )}
        {share === null
          ? m.availability_nothing_known({ name })
          : m.availability_sentence({ name, share: percent(share), known: percent(knownShare) })}
      </p>
      <Facts
        facts={availabilityKinds.map((kind) => [
          kindNames[kind](),
          seconds[kind] > 0 && formatDuration(seconds[kind], language),
        ])}
      />
      {shown.length === 0 ? (
        <p className="quiet">{m.availability_no_incidents()}</p>
      ) : (
        <IncidentTable incidents={shown} zone={zone} />
      )}
      {!day && incidentsLeftOut > 0 && (
        <p className="quiet small">{m.availability_left_out({ count: incidentsLeftOut })}</p>
      )}
      {!day && blind.length > 0 && (
        <details>
          <summary>{m.availability_blind()}</summary>
          <ul className="small">
            {blind.map(({ from, to, cause }) => (
              <li key={from}>
                <Instant at={from} absolute zone={zone} /> –{" "}
                {to === null ? m.availability_still() : <Instant at={to} absolute zone={zone} />}:{" "}
                {blindNames[cause]()}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const blindNames = {
  "hub-away": m.availability_blind_hub_away,
  "hub-stalled": m.availability_blind_hub_stalled,
  "hub-cut-off": m.availability_blind_hub_cut_off,
};

const kindNames = {
  up: m.availability_up,
  down: m.availability_down,
  unreachable: m.availability_unreachable,
  unknown: m.availability_unknown,
  paused: m.availability_paused,
  maintenance: m.availability_maintenance,
};

/** Whether it lasted on that day of the zone. */
function touches({ start, end }: { start: string; end: string | null }, date: string, zone: string): boolean {
  const dayOf = (instant: string) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(Date.parse(instant));
  return dayOf(start) <= date && (end === null || dayOf(end) >= date);
}
