import type { ProcessSummary } from "@culprit/protocol";
import { m } from "@culprit/messages";

/** How many processes there are, and which of them was most often unusual. */
export function processesSentence(processes: readonly ProcessSummary[]): string {
  if (processes.length === 0) return m.no_executions_yet();
  const whole = processes.filter(({ step }) => step === undefined);
  const runs = whole.reduce((sum, { statistics }) => sum + statistics.count, 0);
  const worst = whole.toSorted((a, b) => b.statistics.deviations - a.statistics.deviations)[0];
  const sentences = [m.processes_sentence({ count: whole.length, runs: m.runs_count({ count: runs }) })];
  if (worst && worst.statistics.deviations > 0)
    sentences.push(m.processes_worst({ process: worst.process, count: worst.statistics.deviations }));
  return sentences.join(" ");
}
