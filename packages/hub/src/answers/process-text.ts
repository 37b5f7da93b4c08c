/** What matters about one process, in a few sentences of the reader's language. */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import type { ProcessDetail, RequestStatistics } from "@culprit/protocol";
import { dayText } from "./amount-text.ts";
import type { Locale } from "./why-text.ts";

/** What the sentences are made from. */
export type ProcessFacts = Pick<ProcessDetail, "summary" | "change" | "perMachine"> & {
  requests: RequestStatistics | null;
};

/** More names than these are only counted. */
const mostMachines = 3;

export function processText(facts: ProcessFacts, locale: Locale, zone: string): string {
  const { process, statistics } = facts.summary;
  const { count, medianSeconds, deviations, running } = statistics;
  if (count === 0 || medianSeconds === null) {
    if (count > 0) return m.statistics_no_durations({ process, count }, { locale });
    return running > 0
      ? m.statistics_first_run({ process }, { locale })
      : m.statistics_no_runs({ process }, { locale });
  }
  const sentences = [opening(facts, medianSeconds, locale, zone)];
  sentences.push(...trends(facts.perMachine, locale), ...overlaps(facts.perMachine, locale));
  if (deviations > 0) sentences.push(m.statistics_unusual({ count: deviations }, { locale }));
  if (facts.requests) sentences.push(sampled(facts.requests, facts.perMachine, locale));
  return sentences.join(" ");
}

/** Why the figures of the runs are not those of all requests, and what those are. */
function sampled(
  requests: RequestStatistics,
  perMachine: ProcessFacts["perMachine"],
  locale: Locale,
): string {
  const isPart = perMachine.some(({ machine }) => !requests.machines.includes(machine));
  const text = allRequests(requests, locale);
  return isPart
    ? `${m.web_sampled_on({ machines: names(requests.machines, locale) }, { locale })} ${text}`
    : text;
}

function allRequests(requests: RequestStatistics, locale: Locale): string {
  const figure = (value: number) => value.toLocaleString(locale);
  const { count, recorded, failures, medianSeconds, p95Seconds } = requests;
  const inputs = { total: figure(count), recorded: figure(recorded), failed: figure(failures) };
  if (medianSeconds === null || p95Seconds === null) return m.web_sampled_untimed(inputs, { locale });
  const median = formatDuration(medianSeconds, locale);
  return m.web_sampled({ ...inputs, median, p95: formatDuration(p95Seconds, locale) }, { locale });
}

/** How long it takes, since when it takes longer, and how much of it failed. */
function opening({ summary, change }: ProcessFacts, median: number, locale: Locale, zone: string): string {
  const { process, statistics } = summary;
  const seconds = change?.everywhere ? change.medianAfterSeconds : median;
  const clauses = [m.statistics_takes({ process, median: formatDuration(seconds, locale) }, { locale })];
  if (change) {
    const inputs = {
      share: percent(Math.abs(change.changePercent), locale),
      day: dayText(change.at, locale, zone),
    };
    const since =
      change.changePercent > 0
        ? m.statistics_longer_since(inputs, { locale })
        : m.statistics_shorter_since(inputs, { locale });
    clauses.push(
      change.everywhere
        ? since
        : m.statistics_on_machines({ what: since, machines: names(change.machines, locale) }, { locale }),
    );
  }
  const takes = clauses.join(", ");
  const { count, failures } = statistics;
  return failures === 0
    ? m.statistics_none_failed({ takes, count }, { locale })
    : m.statistics_failed({ takes, failures, count }, { locale });
}

function trends(machines: ProcessFacts["perMachine"], locale: Locale): string[] {
  const growing = machines.flatMap(({ machine, trend }) => (trend ? [{ machine, trend }] : []));
  const [strongest] = growing.toSorted(
    (a, b) => Math.abs(b.trend.weeklyPercent) - Math.abs(a.trend.weeklyPercent),
  );
  if (!strongest) return [];
  const { weeklyPercent } = strongest.trend;
  const share = percent(Math.abs(weeklyPercent), locale);
  if (machines.length === 1)
    return [
      weeklyPercent > 0
        ? m.statistics_grows({ share }, { locale })
        : m.statistics_shrinks({ share }, { locale }),
    ];
  const inputs = { share, machine: strongest.machine };
  return [
    weeklyPercent > 0
      ? m.statistics_grows_on(inputs, { locale })
      : m.statistics_shrinks_on(inputs, { locale }),
  ];
}

function overlaps(machines: ProcessFacts["perMachine"], locale: Locale): string[] {
  const runs = machines.reduce((sum, { selfOverlap }) => sum + selfOverlap.runs, 0);
  if (runs === 0) return [];
  const most = Math.max(...machines.map(({ selfOverlap }) => selfOverlap.mostAtOnce));
  const seconds = machines.reduce((sum, { selfOverlap }) => sum + selfOverlap.seconds, 0);
  return [
    m.statistics_beside_itself({ count: runs, most, duration: formatDuration(seconds, locale) }, { locale }),
  ];
}

function names(machines: readonly string[], locale: Locale): string {
  if (machines.length > mostMachines) return m.statistics_machines({ count: machines.length }, { locale });
  const quoted = machines.map((machine) => `\`${machine}\``);
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(quoted);
}

/** Whole percents; below ten, one more digit tells something. */
function percent(value: number, locale: Locale): string {
  const digits = value < 9.95 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(
    value / 100,
  );
}
