/** Explains one run: what is normal, who is to blame for what is beyond it, and what was unusual around it. */
import { formatInstant, type Normal, type Why } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { presentExecution, presentExecutions } from "../executions/present.ts";
import { publicId } from "../public-ids.ts";
import type { ExecutionRow } from "../store/store.ts";
import { assess } from "./assess.ts";
import { blameFor, type Blame } from "./attribution/blame.ts";
import { blameForStep } from "./attribution/step-blame.ts";
import type { Era } from "./eras.ts";
import { failedChecks } from "./failed-checks.ts";
import { familyOf } from "./family.ts";
import { compareHost } from "./host-values.ts";
import { endOfRow, excessOf, findNeighbours, type Neighbour } from "./neighbours.ts";
import { compareOsProcesses } from "./os-usage.ts";
import {
  asFastAsUsual,
  normalThen,
  presentSlower,
  slowerMachine,
  withSlowerMachine,
} from "./slower-machine.ts";
import { usualWindows } from "./usual-windows.ts";
import { whyText, type Locale } from "./why-text.ts";

type Concurrent = Why["concurrent"][number];

/** A run under way is explained by what it took so far. */
export async function explain(hub: Hub, run: ExecutionRow, locale: Locale): Promise<Why> {
  const fit = await hub.normals.latest();
  const baseline = fit.of(run, run.startedAt);
  const { seconds, deviation, excessSeconds } = assess(hub, run, baseline);
  const window = { from: run.startedAt, to: endOfRow(run, hub.clock.now()) };
  const family = await familyOf(hub.store.executions, run);
  const { neighbours, predecessors, runs } = await findNeighbours(hub, run, family, window);
  const usual = usualWindows(predecessors, window);
  const slow = deviation?.direction === "slow";
  const slower = slow && baseline ? await slowerMachine(hub, run, baseline) : asFastAsUsual;
  const [osProcesses, host, checks, execution, ownBlame] = await Promise.all([
    compareOsProcesses(hub.store.osProcesses, run.machineId, window, usual),
    compareHost(hub.store.samples, run.machineId, window, usual),
    failedChecks(hub, run.machineId, window, locale),
    presentExecution(hub, run),
    slow && baseline && run.stepId === 0
      ? blameFor(hub, run, normalThen(baseline, slower), { runs, family, window })
      : null,
  ]);
  const throughRun = slow && run.stepId !== 0 ? await blameForStep(hub, run, excessSeconds, family) : null;
  const blame = throughRun ? throughRun.blame : ownBlame;
  const concurrent = await presentNeighbours(hub, neighbours, blame);
  const { shares, verdict } = withSlowerMachine(
    {
      shares:
        blame?.shares ??
        unexplained(excessSeconds - (slower.loss ? Math.min(excessSeconds, slower.loss.seconds) : 0)),
      verdict: blame?.verdict ?? (baseline && seconds !== null && !deviation ? "normal" : "unknown"),
    },
    slower,
    excessSeconds,
  );
  const slowerBenchmarks = presentSlower(hub, run, slower, locale);
  const text = whyText(
    {
      process: nameOf(execution),
      machine: execution.machine,
      running: run.outcome === "running",
      seconds,
      normalSeconds: baseline?.medianSeconds ?? null,
      excessSeconds,
      direction: deviation?.direction ?? null,
      neighbour: worthNaming(neighbours, concurrent, run, excessSeconds),
      shares,
      slowerMachine: slowerBenchmarks.map(({ text: benchmark }) => benchmark),
      failedChecks: checks.clauses,
      basis: blame?.basis ?? null,
      experiment: blame?.experiment ?? null,
      wholeRun: throughRun?.wholeRun ?? null,
      runQueueSeconds: run.runQueueSeconds,
      cpuSeconds: run.cpuSeconds,
    },
    locale,
  );
  return {
    execution,
    normal: baseline ? presentNormal(baseline) : null,
    excessSeconds,
    deviation,
    verdict,
    fittedAt: formatInstant(blame?.fittedAt ?? fit.fittedAt),
    shares,
    concurrent,
    osProcesses,
    host,
    slowerMachine: slowerBenchmarks,
    checks: checks.checks,
    text,
  };
}

function nameOf({ process, step }: Why["execution"]): string {
  return step === undefined ? process : `${process} › ${step}`;
}

export function presentNormal({ count, medianSeconds, madSeconds, p95Seconds, since }: Era): Normal {
  return {
    count,
    medianSeconds,
    madSeconds,
    p95Seconds,
    ...(since === null ? {} : { since: formatInstant(since) }),
  };
}

function unexplained(seconds: number): Why["shares"] {
  return seconds === 0 ? [] : [{ cause: "unexplained", seconds, low: seconds, high: seconds }];
}

async function presentNeighbours(
  hub: Hub,
  neighbours: readonly Neighbour[],
  blame: Blame | null,
): Promise<Concurrent[]> {
  const executions = await presentExecutions(
    hub,
    neighbours.map(({ row }) => row),
  );
  return neighbours.map(({ row, ...overlaps }, at) => {
    const { id, process, processId, machine, startedAt, endedAt } = executions[at]!;
    return {
      execution: id,
      process,
      processId,
      machine,
      machineId: publicId("m", row.machineId),
      startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...overlaps,
      blamedSeconds: blame?.blamedSeconds(row) ?? null,
      ...usageOf(row),
    };
  });
}

function usageOf({
  cpuSeconds,
  ioReadBytes,
  ioWriteBytes,
  maxRssBytes,
}: ExecutionRow): Pick<Concurrent, "osUsage"> {
  const ioBytes =
    ioReadBytes === null && ioWriteBytes === null ? null : (ioReadBytes ?? 0) + (ioWriteBytes ?? 0);
  if (cpuSeconds === null && ioBytes === null && maxRssBytes === null) return {};
  return { osUsage: { cpuSeconds, ioBytes, maxRssBytes } };
}

/** A neighbour belongs into the sentence if it was there unusually long, by a second and a tenth of the excess. */
function worthNaming(
  neighbours: readonly Neighbour[],
  concurrent: readonly Concurrent[],
  run: ExecutionRow,
  excessSeconds: number,
): Concurrent | null {
  const unusual = neighbours.filter((each) => excessOf(each) >= Math.max(1, excessSeconds / 10));
  const named = unusual.find(({ row }) => row.machineId === run.machineId) ?? unusual[0];
  return named ? (concurrent[neighbours.indexOf(named)] ?? null) : null;
}
