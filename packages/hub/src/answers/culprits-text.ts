/** Who makes others slow, in the reader's language. Pure, from the answer objects without their texts. */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import { parseInstant, type Culprit, type Culprits, type NotSeparable } from "@culprit/protocol";
import { amountText, boundsOf, placesText, placeText, shareText } from "./amount-text.ts";
import { experimentText, type Locale } from "./why-text.ts";

export type Window = Culprits["window"];

/** Below this share of slow runs with a definite verdict, it is said what would raise it. */
const poorCoverage = 0.5;
const mostVictims = 2;

/** `reindex` cost others at least 3 h (...) in 30 d: `backup` on `db-1` 2 h in 22 runs beside it; 3 others. */
export function culpritText(culprit: Omit<Culprit, "text">, window: Window, locale: Locale): string {
  const { process, causedSeconds: seconds, low, high, victims, basis } = culprit;
  const amount = amountText({ seconds, low, high }, locale);
  const cost = m.tell_culprit_cost({ process, amount, window: lengthOf(window, locale) }, { locale });
  const texts = victims.slice(0, mostVictims).map((victim) => victimText(victim, locale));
  const more = victims.length - texts.length;
  if (more > 0) texts.push(m.tell_others({ count: more }, { locale }));
  if (basis === "log") texts.push(m.tell_why_by_log_alone({}, { locale }));
  return texts.length === 0 ? cost : `${cost}: ${texts.join("; ")}`;
}

function victimText(victim: Culprit["victims"][number], locale: Locale): string {
  return m.tell_culprit_victim(
    {
      count: victim.exposedRuns,
      victim: placeText(victim, locale),
      seconds: formatDuration(victim.seconds, locale),
    },
    { locale },
  );
}

export function notSeparableText(found: Omit<NotSeparable, "text">, window: Window, locale: Locale): string {
  if (found.reason === "weekday") return weekdayText(found, window, locale);
  const cost = m.tell_not_separable(
    {
      suspects: placesText(found.processes, locale),
      victims: placesText(found.victims, locale),
      amount: amountText(found, locale),
      window: lengthOf(window, locale),
    },
    { locale },
  );
  return `${cost}; ${experimentText(found.experiment, locale)}`;
}

/** Up to so much is theirs, or that of the days on which they come. */
function weekdayText(found: Omit<NotSeparable, "text">, window: Window, locale: Locale): string {
  const { processes, victims, experiment } = found;
  const cost = m.tell_not_separable_weekday(
    {
      suspects: placesText(processes, locale),
      victims: placesText(victims, locale),
      seconds: boundsOf(found, locale).high,
      window: lengthOf(window, locale),
    },
    { locale },
  );
  const { process, machine } = experiment;
  return `${cost}; ${m.tell_weekday_experiment({ process, machine }, { locale })}`;
}

/** What the whole ranking says, and how much of what was slow it explains. */
export function culpritsText(answer: Omit<Culprits, "text">, locale: Locale): string {
  const { culprits, notSeparable, slowRuns, coverage, fittedAt, window } = answer;
  if (fittedAt === null) return m.tell_culprits_not_fitted({}, { locale });
  const length = lengthOf(window, locale);
  const sentences = [ranking(culprits, slowRuns, length, locale)];
  if (notSeparable.length > 0)
    sentences.push(m.tell_culprits_not_separable({ count: notSeparable.length }, { locale }));
  if (coverage !== null && slowRuns > 0) {
    sentences.push(
      m.tell_culprits_coverage({ count: slowRuns, share: shareText(coverage, locale) }, { locale }),
    );
    if (coverage < poorCoverage && culprits.every(({ basis }) => basis === "log"))
      sentences.push(m.tell_culprits_ask_agent({}, { locale }));
  }
  return sentences.join(" ");
}

function ranking(culprits: Culprits["culprits"], slowRuns: number, window: string, locale: Locale): string {
  const [worst, second, ...more] = culprits;
  if (!worst)
    return slowRuns === 0
      ? m.tell_culprits_nothing_slow({ window }, { locale })
      : m.tell_culprits_nobody({ count: slowRuns, window }, { locale });
  const { process, causedSeconds: seconds, low, high } = worst;
  const amount = amountText({ seconds, low, high }, locale);
  const parts = [m.tell_culprits_worst({ process, amount, window }, { locale })];
  if (second) {
    const inputs = { process: second.process, seconds: formatDuration(second.causedSeconds, locale) };
    parts.push(m.tell_culprits_second(inputs, { locale }));
  }
  if (more.length > 0) parts.push(m.tell_culprits_more({ count: more.length }, { locale }));
  return `${parts.join("; ")}.`;
}

function lengthOf({ from, to }: Window, locale: Locale): string {
  return formatDuration(((parseInstant(to) ?? 0) - (parseInstant(from) ?? 0)) / 1e6, locale);
}
