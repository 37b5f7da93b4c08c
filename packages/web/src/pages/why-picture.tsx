/** The window of a run: who ran, and under the same time axis how hard the machine was pressed. */
import { useMemo, useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { useElementSize } from "@mantine/hooks";
import type { CheckIncident, Execution, Why } from "@culprit/protocol";
import { seriesChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import { useSeries } from "../api/series.ts";
import { usePreferences } from "../preferences.tsx";
import { withBlame } from "../timeline/blame.ts";
import { toRuns, type Run } from "../timeline/run.ts";
import { toCheckMarks } from "../timeline/marks.ts";
import { TimelineLegend } from "../timeline/legend.tsx";
import { Timeline } from "../timeline/timeline.tsx";
import { Chart } from "../ui/chart.tsx";
import { DifferentLink } from "../ui/different-link.tsx";
import { useNow } from "../ui/now.ts";
import { Section } from "../ui/page.tsx";
import { Answered } from "../ui/states.tsx";
import { chartsOf, chartCsv, stepFor } from "./machine-charts.ts";
import { around, besides } from "./why-window.ts";

const metrics = ["system.cpu.utilization", "system.linux.pressure", "system.disk.io"];

type WindowPictureProps = {
  execution: Execution;
  concurrent: Why["concurrent"];
  incidents: readonly CheckIncident[];
};

export function WindowPicture({ execution, concurrent, incidents }: WindowPictureProps) {
  const { language } = usePreferences();
  // The cross-hair that lanes and charts share, whichever of them the pointer is on.
  const [overLanes, setOverLanes] = useState<number>();
  const [overCharts, setOverCharts] = useState<number>();
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
    return withBlame(own ? besides(all, own, where) : all, concurrent, language);
  }, [executions.data, deviations.data, execution, where, concurrent, language]);
  const checks = useMemo(() => toCheckMarks(incidents), [incidents]);
  const margins = useMemo(
    () => ({ left: Math.round(Math.min(180, Math.max(84, width * 0.2))), right: 16 }),
    [width],
  );
  // The same data while the pointer moves, or each move would draw all charts anew.
  const charts = useMemo(() => {
    // Without a width there are no margins yet that lanes and charts could share.
    const measured = width > 0 ? chartsOf(series.data?.series ?? []) : [];
    const shaded = [where.start, where.end] as const;
    return measured
      .filter(({ key }) => key === "cpu" || key === "pressure" || key === "disk-io")
      .map((chart) => ({ chart, data: { ...window, ...chart, margins, shaded } }));
  }, [series.data, width, window, where, margins]);
  const open = (run: Run) =>
    void navigate({
      to: "/executions/$execution",
      params: { execution: run.id },
      search: { machine: run.machineId },
    });
  return (
    <Section
      title={m.what_ran_around_it()}
      aside={
        <DifferentLink span={{ from: where.start, to: where.end }} machine={execution.machineId}>
          {m.different_then()}
        </DifferentLink>
      }
    >
      <div ref={ref}>
        <Answered query={executions} height={160}>
          {() => (
            <Timeline
              runs={runs}
              view={window}
              onOpen={open}
              onOpenCheck={(check) => void navigate({ to: "/checks/$check", params: { check } })}
              checks={checks}
              shaded={{ from: where.start, to: where.end }}
              steps
              instant={overCharts}
              onTime={setOverLanes}
              foremost={execution.machine}
              label={m.what_ran_around_it()}
              maxHeight={360}
              margins={margins}
            />
          )}
        </Answered>
        <TimelineLegend blame={runs.some(({ blame }) => blame)} checks={checks.length > 0} />
        {charts.map(({ chart, data }, index) => (
          <Chart
            key={chart.key}
            title={chart.title}
            summary={m.chart_series_summary({ machine: execution.machine })}
            data={data}
            describe={seriesChart}
            group={`why ${execution.id}`}
            height={130}
            // One points for all of its group.
            pointer={index === 0 ? overLanes : undefined}
            onHover={setOverCharts}
            csv={() => chartCsv(chart)}
          />
        ))}
      </div>
    </Section>
  );
}
