/** The answer in one sentence, in the reader's language. */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import type { NotSeparable, Why } from "@culprit/protocol";
import { claimedShares, isOthers, shareClauses } from "./share-text.ts";

export const locales = ["en", "pt-BR", "es"] as const;
export type Locale = (typeof locales)[number];

/** What the sentence is made from; seconds. */
export type WhyFacts = {
  process: string;
  machine: string;
  running: boolean;
  /** Null if its length is not known. */
  seconds: number | null;
  normalSeconds: number | null;
  excessSeconds: number;
  direction: "slow" | "fast" | null;
  /** The one that exceeds its usual overlap most. */
  neighbour: Pick<
    Why["concurrent"][number],
    "process" | "machine" | "processOverlapSeconds" | "usualOverlapSeconds"
  > | null;
  shares: Why["shares"];
  /** Which of the machine's benchmarks were slower then, in words. */
  slowerMachine: readonly string[];
  /** Which checks were not well meanwhile, a clause each. */
  failedChecks: readonly string[];
  /** What the shares rest on; null before anything was fitted. */
  basis: "samples" | "log" | null;
  /** Where some can't be told apart: what would tell. */
  experiment: NotSeparable["experiment"] | null;
  /** Of a step: how the run was that it is a part of, and that its shares were told from. */
  wholeRun: "slow" | "not-slow" | null;
  /** What its processes waited for a processor, and used of it; null where that is not known. */
  runQueueSeconds: number | null;
  cpuSeconds: number | null;
};

export function whyText(facts: WhyFacts, locale: Locale): string {
  const took = outcome(facts, locale);
  if (facts.direction !== "slow") return took;
  const claimed = claimedShares(facts.shares, facts.excessSeconds);
  const waited = waitedText(facts, locale);
  const failed = facts.failedChecks;
  if (claimed.length === 0)
    return [took, ...unexplained(facts, locale), ...slowerToo(facts, locale), ...waited, ...failed].join(
      "; ",
    );
  const [first = "", ...more] = shareClauses(claimed, facts, locale);
  const explained = `${took}: ${first}`;
  if (!claimed.some(({ slowerMachine }) => slowerMachine)) more.push(...slowerToo(facts, locale));
  if (claimed.some(({ cause }) => cause === "group") && facts.experiment)
    more.push(experimentText(facts.experiment, locale));
  if (facts.wholeRun !== null) more.push(m.tell_why_step_shares({}, { locale }));
  if (facts.basis === "log" && claimed.some(isOthers)) more.push(m.tell_why_by_log_alone({}, { locale }));
  return [explained, ...more, ...waited, ...failed].join("; ");
}

/** Said where it is much beside what the run took longer; several threads may wait longer than the run lasts. */
function waitedText({ runQueueSeconds, cpuSeconds, excessSeconds }: WhyFacts, locale: Locale): string[] {
  if (runQueueSeconds === null || cpuSeconds === null) return [];
  if (runQueueSeconds < Math.max(1, excessSeconds / 10)) return [];
  const inputs = {
    waited: formatDuration(runQueueSeconds, locale),
    used: formatDuration(cpuSeconds, locale),
  };
  return [m.tell_why_run_queue(inputs, { locale })];
}

export function experimentText(
  { process, machine, shiftSeconds }: NotSeparable["experiment"],
  locale: Locale,
): string {
  const inputs = { process, machine, shift: formatDuration(Math.abs(shiftSeconds), locale) };
  return shiftSeconds < 0
    ? m.tell_why_experiment_earlier(inputs, { locale })
    : m.tell_why_experiment(inputs, { locale });
}

function unexplained(facts: WhyFacts, locale: Locale): string[] {
  const excess = formatDuration(facts.excessSeconds, locale);
  const nothing =
    facts.wholeRun === "not-slow"
      ? m.tell_why_step_alone({ excess }, { locale })
      : m.why_unexplained({ excess }, { locale });
  if (!facts.neighbour) return [nothing];
  return [nothing, m.tell_why_no_proof({ beside: beside(facts, facts.neighbour, locale) }, { locale })];
}

/** Where nothing tells how much of its time that cost. */
function slowerToo({ slowerMachine }: WhyFacts, locale: Locale): string[] {
  if (slowerMachine.length === 0) return [];
  return [m.tell_why_slower_machine_too({ benchmarks: slowerMachine.join(", ") }, { locale })];
}

function outcome({ process, running, seconds, normalSeconds, direction }: WhyFacts, locale: Locale): string {
  if (seconds === null) return m.why_duration_unknown({ process }, { locale });
  const duration = formatDuration(seconds, locale);
  if (normalSeconds === null) {
    return running
      ? m.why_running_without_normal({ process, duration }, { locale })
      : m.why_without_normal({ process, duration }, { locale });
  }
  const inputs = { process, duration, normal: formatDuration(normalSeconds, locale) };
  if (direction === "fast") return m.why_fast(inputs, { locale });
  if (direction === "slow")
    return running ? m.why_running_slow(inputs, { locale }) : m.why_slow(inputs, { locale });
  return running ? m.why_running_normal(inputs, { locale }) : m.why_normal(inputs, { locale });
}

function beside(
  { machine }: WhyFacts,
  {
    process,
    machine: itsMachine,
    processOverlapSeconds,
    usualOverlapSeconds,
  }: NonNullable<WhyFacts["neighbour"]>,
  locale: Locale,
): string {
  const overlap = formatDuration(processOverlapSeconds, locale);
  const ran =
    itsMachine === machine
      ? m.why_beside({ process, overlap }, { locale })
      : m.why_beside_elsewhere({ process, overlap, machine: itsMachine }, { locale });
  if (usualOverlapSeconds === null) return ran;
  // Less than half a second is what people call not at all.
  if (usualOverlapSeconds < 0.5) return m.why_usually_not({ ran }, { locale });
  return m.why_usually({ ran, usual: formatDuration(usualOverlapSeconds, locale) }, { locale });
}

/** The best of our languages for an Accept-Language header; English if it names none of them. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? "")
    .slice(0, 1000)
    .split(",")
    .map((part) => {
      const [range = "", quality = ""] = part.split(";");
      const weight = quality.trim().startsWith("q=") ? Number(quality.trim().slice(2)) : 1;
      return { language: range.trim().toLowerCase().split("-")[0], weight };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  for (const { language } of wanted) {
    const found = locales.find((locale) => locale.toLowerCase().split("-")[0] === language);
    if (found) return found;
  }
  return "en";
}
