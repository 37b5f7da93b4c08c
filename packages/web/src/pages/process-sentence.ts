import type { ProcessDetail } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";

/** How long the process usually takes, and how often it was otherwise. */
export function processSentence({ summary: { process, statistics } }: ProcessDetail, locale: string): string {
  const { count, medianSeconds, p95Seconds, deviations, failures, running } = statistics;
  if (count === 0 || medianSeconds === null)
    return running > 0 ? m.process_first_run({ process }) : m.process_no_runs({ process });
  const sentences = [
    m.process_sentence({
      process,
      median: formatDuration(medianSeconds, locale),
      p95: formatDuration(p95Seconds ?? medianSeconds, locale),
      count,
    }),
    deviations > 0 ? m.process_unusual({ count: deviations }) : m.process_none_unusual(),
  ];
  if (failures > 0) sentences.push(m.process_failed({ count: failures }));
  return sentences.join(" ");
}
