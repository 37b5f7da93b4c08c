/** How much of a time something was up, as text. */
import type { Availability, AvailabilitySeconds, FleetAvailability, Incident } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { evidenceText } from "@culprit/messages/health-evidence";
import { formatAvailability } from "@culprit/messages/quantity";
import { getLocale } from "@culprit/messages/runtime";
import type { Terminal } from "../terminal.ts";
import { count, duration, localTime } from "./quantity.ts";
import { formatTable, printable, type Column } from "./table.ts";

const shown = 20;
/** Columns are in capitals, as those of all tables; the words are those of the page. */
const heading = (text: string) => text.toLocaleUpperCase(getLocale());
const percent = (value: number | null) => formatAvailability(value, getLocale());

type Measured = {
  share: number | null;
  knownShare: number | null;
  seconds: AvailabilitySeconds;
  incidents: Incident[];
  incidentsLeftOut: number;
};

function measuredColumns<Row extends Measured>(): Column<Row>[] {
  const seconds = (title: string, kind: keyof AvailabilitySeconds): Column<Row> => ({
    title: heading(title),
    align: "right",
    cell: (row) => duration(row.seconds[kind]),
  });
  return [
    { title: heading(m.availability_up()), align: "right", cell: (row) => percent(row.share) },
    { title: heading(m.availability_known()), align: "right", cell: (row) => percent(row.knownShare) },
    seconds(m.availability_down(), "down"),
    seconds(m.availability_unreachable(), "unreachable"),
    seconds(m.availability_unknown(), "unknown"),
    seconds(m.availability_maintenance(), "maintenance"),
    {
      title: heading(m.availability_incidents()),
      align: "right",
      cell: (row) => count(row.incidents.length + row.incidentsLeftOut),
    },
  ];
}

export function formatFleetAvailability({ items }: FleetAvailability, terminal: Terminal): string {
  if (items.length === 0) return m.availability_none();
  return formatTable(
    [
      {
        title: m.cmd_col_machine(),
        shrinkTo: 8,
        cell: (row: FleetAvailability["items"][number]) => row.machine,
      },
      ...measuredColumns<FleetAvailability["items"][number]>(),
    ],
    items.toSorted((a, b) => (a.share ?? 2) - (b.share ?? 2)),
    terminal,
  );
}

export function formatAvailabilityOf(answer: Availability, terminal: Terminal): string {
  const name = printable(answer.machine ?? answer.check ?? "");
  const { share, knownShare, incidents, incidentsLeftOut, blind } = answer;
  const sentence =
    share === null
      ? m.availability_nothing_known({ name })
      : m.availability_sentence({ name, share: percent(share), known: percent(knownShare) });
  const newest = incidents.slice(0, shown);
  const leftOut = incidentsLeftOut + incidents.length - newest.length;
  return [
    sentence,
    formatTable(measuredColumns(), [answer], terminal),
    "",
    incidents.length === 0
      ? m.availability_no_incidents()
      : formatTable(incidentColumns(terminal), newest, terminal),
    ...(leftOut > 0 ? [m.availability_left_out({ count: leftOut })] : []),
    ...blind.map(({ from, to, cause }) => {
      const end = to === null ? m.availability_still() : localTime(to, terminal.timeZone);
      return `${m.availability_blind()}: ${localTime(from, terminal.timeZone)} – ${end}: ${blindTexts[cause]()}`;
    }),
  ].join("\n");
}

const blindTexts = {
  "hub-away": m.availability_blind_hub_away,
  "hub-stalled": m.availability_blind_hub_stalled,
  "hub-cut-off": m.availability_blind_hub_cut_off,
};

const kinds: Record<Incident["kind"], () => string> = {
  down: m.availability_kind_down,
  unreachable: m.availability_kind_unreachable,
  silent: m.availability_kind_silent,
  critical: m.availability_kind_critical,
};

function incidentColumns({ timeZone }: Terminal): Column<Incident>[] {
  const time = (instant: string) => localTime(instant, timeZone);
  return [
    { title: heading(m.availability_began()), cell: (row) => time(row.start) },
    {
      title: heading(m.availability_ended()),
      cell: (row) => (row.end === null ? m.availability_still() : time(row.end)),
    },
    {
      title: heading(m.availability_lasted()),
      align: "right",
      cell: (row) => (row.planned ? m.availability_planned_incident() : duration(row.seconds)),
    },
    { title: heading(m.availability_kind()), cell: (row) => kinds[row.kind]() },
    {
      title: heading(m.availability_cause()),
      shrinkTo: 20,
      cell: (row) => row.text ?? evidenceText(row.cause, { time, locale: getLocale() }),
    },
  ];
}

export type LoggedAvailability = Measured & { machine: string; contacts: number; lastContactAt: string };

export function formatLoggedAvailability(rows: readonly LoggedAvailability[], terminal: Terminal): string {
  const hasPlanned = rows.some(({ seconds }) => seconds.maintenance > 0);
  const longest = ({ incidents }: LoggedAvailability) =>
    incidents.reduce((most, { seconds }) => Math.max(most, seconds), 0);
  return formatTable(
    [
      {
        title: heading(m.availability_log_who()),
        shrinkTo: 8,
        cell: (row: LoggedAvailability) => row.machine,
      },
      { title: heading(m.availability_log_contacts()), align: "right", cell: (row) => count(row.contacts) },
      ...measuredColumns<LoggedAvailability>().filter(
        ({ title }) => hasPlanned || title !== heading(m.availability_maintenance()),
      ),
      { title: heading(m.availability_log_longest()), align: "right", cell: (row) => duration(longest(row)) },
      {
        title: heading(m.availability_log_last()),
        cell: (row) => localTime(row.lastContactAt, terminal.timeZone),
      },
    ],
    rows.toSorted((a, b) => (a.share ?? 2) - (b.share ?? 2)),
    terminal,
  );
}
