/** What was different in a span of time, in the reader's language. Pure, from the answer object. */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import { metricName } from "@culprit/messages/metric-names";
import { formatMeasured } from "@culprit/messages/quantity";
import type { Differences } from "@culprit/protocol";
import { figure, placeText } from "./amount-text.ts";
import type { Locale } from "./why-text.ts";

type DifferentProcess = Differences["processes"][number];
type DifferentSeries = Differences["series"][number];

/** Told in words; the lists hold the rest. */
const mostTold = 2;

export function differencesText(answer: Omit<Differences, "text">, locale: Locale): string {
  const { before, series, processes, comparedSeries, comparedProcesses } = answer;
  if (before.length === 0) return m.tell_differences_nothing_before({}, { locale });
  if (comparedSeries + comparedProcesses === 0) return m.tell_differences_nothing_known({}, { locale });
  const compared = { series: figure(comparedSeries, locale), processes: figure(comparedProcesses, locale) };
  if (series.length + processes.length === 0)
    return m.tell_differences_none(
      { compared: m.tell_differences_compared(compared, { locale }) },
      { locale },
    );
  // Jobs first: they are what a person can do something about.
  const told = [
    ...processes.toSorted(byScore).map((each) => processText(each, locale)),
    ...series.toSorted(byScore).map((each) => seriesText(each, locale)),
  ];
  const most = m.tell_differences_most({ what: told.slice(0, mostTold).join("; ") }, { locale });
  const places = new Set(processes.map(({ processId, machineId }) => `${processId} ${machineId}`));
  const counts = m.tell_differences_counts(
    {
      series: figure(series.length, locale),
      processes: figure(places.size, locale),
      allSeries: compared.series,
      allProcesses: compared.processes,
    },
    { locale },
  );
  return `${most} ${counts}`;
}

const byScore = (a: { score: number }, b: { score: number }): number => Math.abs(b.score) - Math.abs(a.score);

function processText(different: DifferentProcess, locale: Locale): string {
  const { what, value, usual } = different;
  const place = placeText(different, locale);
  const figures = { place, value: figure(value, locale), usual: figure(usual, locale) };
  switch (what) {
    case "busy":
      return busyText(place, value, usual, locale);
    case "duration":
      return m.tell_different_duration(figures, { locale });
    case "runs":
      return m.tell_different_runs(figures, { locale });
    case "failures":
      return m.tell_different_failures(figures, { locale });
    default:
      return what satisfies never;
  }
}

function busyText(place: string, seconds: number, usualSeconds: number, locale: Locale): string {
  const value = formatDuration(seconds, locale);
  // Less than half a second is what people call not at all.
  if (usualSeconds < 0.5) return m.tell_different_busy_new({ place, value }, { locale });
  return m.tell_different_busy({ place, value, usual: formatDuration(usualSeconds, locale) }, { locale });
}

function seriesText(
  { metric, attributes, machine, unit, value, usual }: DifferentSeries,
  locale: Locale,
): string {
  return m.tell_different_series(
    {
      metric: metricName(metric, attributes, locale),
      machine,
      value: formatMeasured(value, unit, locale),
      usual: formatMeasured(usual, unit, locale),
    },
    { locale },
  );
}
