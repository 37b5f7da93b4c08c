/** "Is this usual?": the run among the last ones of its process on its machine. */
import { useMemo } from "react";
import { useNavigate } from "@tanstack/react-router";
import type { DeviatingExecution, Execution, Normal } from "@culprit/protocol";
import { durationsChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import { day } from "../api/window.ts";
import { Chart } from "../ui/chart.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { millis } from "../api/millis.ts";
import { clickedRun, runDots, runNames } from "./durations.ts";

const lastRuns = 200;
const none: DeviatingExecution[] = [];
const farBack = 90 * day * 1000;

export function UsualRuns({
  execution,
  normal,
  deviates,
}: {
  execution: Execution;
  normal: Normal | null;
  deviates: boolean;
}) {
  const start = millis(execution.startedAt);
  const to = (execution.endedAt === undefined ? start : millis(execution.endedAt)) + 1000;
  const window = useMemo(() => ({ from: start - farBack, to }), [start, to]);
  const filter = { process: execution.processId, machine: execution.machineId };
  const runs = useExecutions(window, filter, lastRuns);
  const deviations = useDeviations(window, filter);
  return (
    <Answered query={runs} height={220}>
      {({ items }) => (
        <Dots
          execution={execution}
          items={items}
          deviations={deviations.data ?? none}
          normal={normal}
          deviates={deviates}
        />
      )}
    </Answered>
  );
}

type DotsProps = {
  execution: Execution;
  items: readonly Execution[];
  deviations: readonly DeviatingExecution[];
  normal: Normal | null;
  deviates: boolean;
};

function Dots({ execution, items, deviations, normal, deviates }: DotsProps) {
  const navigate = useNavigate();
  const data = useMemo(() => {
    const alike = items.filter(({ step }) => step === execution.step);
    const runs = runDots(alike, deviations).map((run) =>
      run.id === execution.id ? { ...run, deviates } : run,
    );
    const times = runs.map(({ at }) => at);
    const [from, to] = [Math.min(...times), Math.max(...times)];
    const margin = Math.max(1000, (to - from) * 0.03);
    return {
      from: from - margin,
      to: to + margin,
      runs,
      ...(normal ? { normal: drawnNormal(normal) } : {}),
      highlight: execution.id,
      names: runNames(),
    };
  }, [items, deviations, execution, normal, deviates]);
  if (data.runs.length < 2) return <Empty title={m.no_earlier_runs()} />;
  return (
    <Chart
      title={m.last_runs({ count: data.runs.length })}
      summary={m.chart_durations_summary({ count: data.runs.length })}
      data={data}
      describe={durationsChart}
      height={220}
      csv={() => ({
        header: [m.started(), m.duration_seconds(), m.outcome()],
        rows: data.runs.map(({ at, seconds, outcome }) => [new Date(at).toISOString(), seconds, outcome]),
      })}
      onItem={(item) => {
        const run = clickedRun(item, data.runs);
        if (!run) return;
        const to = { execution: run.id };
        void navigate({ to: "/executions/$execution", params: to, search: { machine: execution.machineId } });
      }}
    />
  );
}

function drawnNormal({ medianSeconds, madSeconds, since }: Normal) {
  return { medianSeconds, madSeconds, ...(since === undefined ? {} : { since: millis(since) }) };
}
