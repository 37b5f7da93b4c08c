/**
 * What a slow run lost and to whom, as clauses. Only shares whose interval lies above zero are claimed; what is not
 * claimed counts as unexplained, so that the seconds of the clauses add up to the excess.
 */
import { m } from "@culprit/messages";
import { formatDuration } from "@culprit/messages/duration";
import type { Why } from "@culprit/protocol";
import { amountText, namesText, type Amount } from "./amount-text.ts";
import type { Locale, WhyFacts } from "./why-text.ts";

type Share = Why["shares"][number];

/** Culprits named one by one; the rest is summed up. */
const mostNamed = 2;
/** Parts below this share of the excess are not worth a clause. */
const leastPart = 0.01;

/** Shares that are claimed, most seconds first. */
export function claimedShares(shares: readonly Share[], excessSeconds: number): Share[] {
  return shares
    .filter(({ cause, low }) => cause !== "unexplained" && low > 0)
    .filter(({ seconds }) => seconds > 0 && seconds >= excessSeconds * leastPart)
    .toSorted((a, b) => b.seconds - a.seconds);
}

export const isOthers = ({ cause }: Share): boolean => cause === "process" || cause === "group";

/** `machine` is the one of the run. */
export function shareClauses(
  claimed: readonly Share[],
  facts: Pick<WhyFacts, "excessSeconds" | "machine" | "slowerMachine">,
  locale: Locale,
): string[] {
  const { excessSeconds } = facts;
  const others = claimed.filter(isOthers);
  const named = others.slice(0, mostNamed);
  const more = others.slice(named.length);
  const texts = named.map((share) => because(share, facts, locale));
  if (more.length > 0) texts.push(becauseOfMore(more, locale));
  for (const share of claimed.filter((each) => !isOthers(each))) texts.push(because(share, facts, locale));
  return [...texts, ...rest(claimed, excessSeconds, locale)];
}

function because(
  share: Share,
  { machine, slowerMachine }: Pick<WhyFacts, "machine" | "slowerMachine">,
  locale: Locale,
): string {
  const amount = amountText(share, locale);
  switch (share.cause) {
    case "process": {
      const process = share.process ?? "";
      return share.machine === undefined || share.machine === machine
        ? m.tell_why_because_beside({ amount, process }, { locale })
        : m.tell_why_because_elsewhere({ amount, process, machine: share.machine }, { locale });
    }
    case "group": {
      const quoted = (share.processes ?? []).map((process) => `\`${process}\``);
      const processes = namesText(quoted, locale, "disjunction");
      return m.tell_why_because_group({ amount, processes }, { locale });
    }
    case "own-work":
      return m.tell_why_because_own_work({ amount }, { locale });
    case "host":
      return share.slowerMachine
        ? m.tell_why_because_slower_machine({ amount, benchmarks: slowerMachine.join(", ") }, { locale })
        : m.tell_why_because_host({ amount }, { locale });
    case "unexplained":
      return m.tell_why_rest_unexplained({ seconds: amount }, { locale });
    default:
      return share.cause satisfies never;
  }
}

function becauseOfMore(shares: readonly Share[], locale: Locale): string {
  const count = shares.reduce((sum, { processes }) => sum + (processes?.length ?? 1), 0);
  return m.tell_why_because_more({ count, amount: formatDuration(sum(shares), locale) }, { locale });
}

function rest(claimed: readonly Share[], excessSeconds: number, locale: Locale): string[] {
  const seconds = excessSeconds - sum(claimed);
  if (Math.abs(seconds) < Math.max(excessSeconds * leastPart, 0.001)) return [];
  if (seconds < 0) return [m.tell_why_rest_faster({ seconds: formatDuration(-seconds, locale) }, { locale })];
  return [m.tell_why_rest_unexplained({ seconds: formatDuration(seconds, locale) }, { locale })];
}

const sum = (amounts: readonly Amount[]): number =>
  amounts.reduce((total, { seconds }) => total + seconds, 0);
