/** How sure the accusations are, in words. */
import type { Culprits } from "@culprit/protocol";
import { formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";

export function howSure(
  {
    slowRuns,
    coverage,
    falseAccusationRate,
  }: Pick<Culprits, "slowRuns" | "coverage" | "falseAccusationRate">,
  locale: string,
): string[] {
  return [
    coverage === null
      ? m.culprits_coverage_none()
      : m.culprits_coverage({ count: slowRuns, share: formatShare(coverage, locale) }),
    falseAccusationRate === null
      ? m.culprits_false_rate_unknown()
      : falseAccusationRate === 0
        ? m.culprits_false_rate_none()
        : m.culprits_false_rate({ share: formatShare(falseAccusationRate, locale) }),
  ];
}
