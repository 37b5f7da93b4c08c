/** A time in which a check was not well, in words: beside the pointer, and for the screen reader. */
import { formatDuration, formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { checkStateNames } from "@culprit/messages/check-names";
import { useChartContext } from "../preferences.tsx";
import { checkStateLooks } from "../ui/check-state.tsx";
import { Mark } from "../ui/outcome.tsx";
import type { Point } from "./gestures.ts";
import type { Incident } from "./marks.ts";
import { cardPlace, lasted } from "./run-card.tsx";

type IncidentCardProps = { incident: Incident; point: Point; width: number; zone?: string | undefined };

export function IncidentCard({ incident, point, width, zone }: IncidentCardProps) {
  const { locale, zone: shown } = useChartContext(zone);
  const { check, machine, start, end, state } = incident;
  return (
    <div className="run-card" style={cardPlace(point, width)} aria-hidden="true">
      <strong>{check}</strong>
      {machine !== "" && <span className="quiet">{machine}</span>}
      <span className="figure">{formatTime(start, shown, locale)}</span>
      <span className="figure">
        {formatDuration(lasted(incident), locale)}{" "}
        <Mark look={checkStateLooks[state]} text={checkStateNames[state]()} />
        {end === Infinity && ` (${m.check_incident_lasts()})`}
      </span>
      <span>{firstLine(incident)}</span>
    </div>
  );
}

export function useIncidentSentence(incident: Incident | undefined, zone: string | undefined): string {
  const { locale, zone: shown } = useChartContext(zone);
  if (!incident) return "";
  const values = {
    check: incident.check,
    state: checkStateNames[incident.state](),
    time: formatTime(incident.start, shown, locale),
    duration: formatDuration(lasted(incident), locale),
  };
  const sentence =
    incident.end === Infinity ? m.timeline_incident_lasts(values) : m.timeline_incident(values);
  return `${sentence} ${firstLine(incident)}`;
}

const firstLine = ({ text }: Incident): string => text.split("\n", 1)[0]!;
