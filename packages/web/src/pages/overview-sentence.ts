/** The sentence that opens the overview: what was slow, what failed, who is silent. */
import type { DeviatingExecution, Execution, Machine } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";

export type OverviewFacts = {
  executions: readonly Execution[];
  complete: boolean;
  deviations: readonly DeviatingExecution[];
  machines: readonly Machine[];
};

export function overviewSentence(
  { executions, complete, deviations, machines }: OverviewFacts,
  locale: string,
): string {
  const runs = executions.filter(({ step }) => step === undefined).length;
  const sentences = [slowSentence(runs, deviations, locale)];
  const failed = executions.filter(
    ({ outcome, step }) => step === undefined && (outcome === "failed" || outcome === "timeout"),
  ).length;
  if (failed > 0) sentences.push(m.overview_failed({ count: failed }));
  // A machine whose runs come by HTTP alone has no agent that could answer.
  const away = machines.filter(
    ({ state, lastContactAt }) =>
      lastContactAt !== undefined && (state === "silent" || state === "unreachable" || state === "down"),
  );
  if (away.length > 0)
    sentences.push(m.overview_machines_away({ count: away.length, names: names(away, locale) }));
  if (!complete) sentences.push(m.overview_newest_only({ count: executions.length }));
  return sentences.join(" ");
}

function slowSentence(runs: number, deviations: readonly DeviatingExecution[], locale: string): string {
  const slow = deviations
    // A slow step is part of its slow run: counting both would double the loss.
    .filter(({ deviation, execution }) => deviation.direction === "slow" && execution.step === undefined)
    .sort((a, b) => b.excessSeconds - a.excessSeconds);
  const [worst] = slow;
  if (runs === 0 && !worst) return m.overview_no_runs();
  if (!worst) return m.overview_none_slow({ count: runs });
  const lost = slow.reduce((sum, { excessSeconds }) => sum + excessSeconds, 0);
  const sentence = m.overview_slow({
    count: slow.length,
    lost: formatDuration(lost, locale),
    process: worst.execution.process,
    machine: worst.execution.machine,
    excess: formatDuration(worst.excessSeconds, locale),
  });
  const blamed = mostBlamed(slow);
  if (!blamed) return sentence;
  return `${sentence} ${slow.length === 1 ? m.overview_blamed_alone(blamed) : m.overview_blamed(blamed)}`;
}

/** The process that most runs blame, and how many; who can't be told apart from others is not named. */
function mostBlamed(slow: readonly DeviatingExecution[]): { process: string; count: number } | undefined {
  const counts = new Map<string, number>();
  for (const { verdict, blamed: [process, ...others] = [] } of slow)
    if (verdict === "culprit" && process !== undefined && others.length === 0)
      counts.set(process, (counts.get(process) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most && { process: most[0], count: most[1] };
}

function names(machines: readonly Machine[], locale: string): string {
  const shown = machines.slice(0, 3).map(({ name }) => name);
  const more = machines.length - shown.length;
  return new Intl.ListFormat(locale).format(more > 0 ? [...shown, m.and_more({ count: more })] : shown);
}
