/** The window of a run: who ran, and under the same time axis how hard the machine was pressed. */
import { useMemo } from "react";
import { useNavigate } from "@tanstack/react-router";
import { useElementSize } from "@mantine/hooks";
import type { Execution } from "@culprit/protocol";
import { seriesChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import { useSeries } from "../api/series.ts";
import { toRuns, type Run } from "../timeline/run.ts";
import { TimelineLegend } from "../timeline/legend.tsx";
import { Timeline } from "../timeline/timeline.tsx";
import { Chart } from "../ui/chart.tsx";
import { useNow } from "../ui/now.ts";
import { Section } from "../ui/page.tsx";
import { Answered } from "../ui/states.tsx";
import { chartsOf, chartCsv, stepFor } from "./machine-charts.ts";
import { around, besides } from "./why-window.ts";

const metrics = ["system.cpu.utilization", "system.linux.pressure", "system.disk.io"];

export function WindowPicture({ execution }: { execution: Execution }) {
  const now = useNow();
  const navigate = useNavigate();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const until = execution.outcome === "running" ? now : 0;
  const where = useMemo(() => around(execution, until), [execution, until]);
  const window = useMemo(() => ({ from: where.from, to: where.to }), [where]);
  const executions = useExecutions(window, {}, 1000);
  const deviations = useDeviations(window);
  const series = useSeries({
    machines: [execution.machineId],
    metrics,
    window,
    stepSeconds: stepFor(where.to - where.from),
  });
  const runs = useMemo(() => {
    const all = toRuns(executions.data?.items ?? [], deviations.data ?? []);
    const own = all.find(({ id, machineId }) => id === execution.id && machineId === execution.machineId);
    return own ? besides(all, own, where) : all;
  }, [executions.data, deviations.data, execution, where]);
  const margins = { left: Math.round(Math.min(180, Math.max(84, width * 0.2))), right: 16 };
  const open = (run: Run) =>
    void navigate({
      to: "/executions/$execution",
      params: { execution: run.id },
      search: { machine: run.machineId },
    });
  return (
    <Section title={m.what_ran_around_it()}>
      <div ref={ref}>
        <Answered query={executions} height={160}>
          {() => (
            <Timeline
              runs={runs}
              view={window}
              onOpen={open}
              shaded={{ from: where.start, to: where.end }}
              steps
              foremost={execution.machine}
              label={m.what_ran_around_it()}
              maxHeight={360}
              margins={margins}
            />
          )}
        </Answered>
        <TimelineLegend />
        {/* Without a width there are no margins yet that lanes and charts could share. */}
        {chartsOf(width > 0 ? (series.data?.series ?? []) : [])
          .filter(({ key }) => key === "cpu" || key === "pressure" || key === "disk-io")
          .map((chart) => (
            <Chart
              key={chart.key}
              title={chart.title}
              summary={m.chart_series_summary({ machine: execution.machine })}
              data={{
                ...window,
                ...chart,
                stepSeconds: series.data?.stepSeconds ?? 10,
                margins,
                shaded: [where.start, where.end],
              }}
              describe={seriesChart}
              group={`why ${execution.id}`}
              height={130}
              csv={() => chartCsv(chart)}
            />
          ))}
      </div>
    </Section>
  );
}
