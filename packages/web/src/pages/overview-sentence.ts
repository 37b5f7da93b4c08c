/** The sentence that opens the overview: what was slow, what failed, who is silent. */
import {
  isNeverHeard,
  checkSeverity,
  type Check,
  type DeviatingExecution,
  type Execution,
  type Machine,
} from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { someNames } from "../ui/some-names.ts";

const namesSaid = 3;

export type OverviewFacts = {
  executions: readonly Execution[];
  complete: boolean;
  deviations: readonly DeviatingExecution[];
  machines: readonly Machine[];
  checks: readonly Check[];
};

export function overviewSentence(
  { executions, complete, deviations, machines, checks }: OverviewFacts,
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
    (machine) => !isNeverHeard(machine) && ["silent", "unreachable", "down"].includes(machine.state),
  );
  if (away.length > 0)
    sentences.push(
      m.overview_machines_away({ count: away.length, names: someNames(away, namesSaid, locale) }),
    );
  const bad = checks
    .filter(({ running, state }) => running && state !== null && state !== "ok")
    .toSorted((a, b) => checkSeverity(b) - checkSeverity(a) || a.name.localeCompare(b.name));
  if (bad.length > 0)
    sentences.push(m.overview_checks_bad({ count: bad.length, names: someNames(bad, namesSaid, locale) }));
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
  const { process, count, seconds } = blamed;
  const inputs = { process, seconds: formatDuration(seconds, locale) };
  return `${sentence} ${slow.length === 1 ? m.overview_blamed_alone(inputs) : m.overview_blamed({ ...inputs, count })}`;
}

/** The process that cost them most, and how many; who can't be told apart from others is not named. */
function mostBlamed(
  slow: readonly DeviatingExecution[],
): { process: string; count: number; seconds: number } | undefined {
  const found = new Map<string, { process: string; count: number; seconds: number }>();
  for (const { verdict, blamed: [process, ...others] = [], blamedSeconds = 0 } of slow) {
    if (verdict !== "culprit" || process === undefined || others.length > 0) continue;
    const { count, seconds } = found.get(process) ?? { count: 0, seconds: 0 };
    found.set(process, { process, count: count + 1, seconds: seconds + blamedSeconds });
  }
  return [...found.values()].toSorted((a, b) => b.seconds - a.seconds)[0];
}
