/** A machine's runs as lanes: under its charts, or alone where no agent measures anything. */
import { useMemo } from "react";
import { useNavigate } from "@tanstack/react-router";
import { useElementSize } from "@mantine/hooks";
import type { Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useCheckIncidents } from "../api/checks.ts";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import type { Span, Window } from "../api/window.ts";
import { toCheckMarks } from "../timeline/marks.ts";
import { toRuns, type Run } from "../timeline/run.ts";
import { Timeline } from "../timeline/timeline.tsx";
import { useNow } from "../ui/now.ts";
import { Section } from "../ui/page.tsx";

export function RunsWithoutAgent({ machine, window }: { machine: Machine; window: Window }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const margins = useMemo(() => marginsFor(width), [width]);
  const now = useNow();
  const span = useMemo(
    () => ("lastSeconds" in window ? { from: now - window.lastSeconds * 1000, to: now } : window),
    [window, now],
  );
  return (
    <Section title={m.executions()}>
      <p className="quiet">{m.machine_without_agent_hint()}</p>
      <p className="quiet small">{m.no_samples_hint()}</p>
      <div ref={ref}>
        <ExecutionLane machine={machine} window={window} span={span} margins={margins} />
      </div>
    </Section>
  );
}

export function ExecutionLane({
  machine,
  window,
  span,
  at,
  margins,
  title,
}: {
  machine: Machine;
  window: Window;
  span: Span;
  at?: number | undefined;
  margins: { left: number; right: number };
  /** Under charts, which have titles, too. */
  title?: string;
}) {
  const navigate = useNavigate();
  const filter = { machine: machine.id };
  const executions = useExecutions(window, filter, 2000);
  const deviations = useDeviations(window, filter);
  const runs = useMemo(
    () => toRuns(executions.data?.items ?? [], deviations.data ?? []),
    [executions.data, deviations.data],
  );
  const incidents = useCheckIncidents(window, filter);
  const checks = useMemo(() => toCheckMarks(incidents.data ?? []), [incidents.data]);
  if (executions.data && runs.length + checks.length === 0)
    return <p className="quiet">{m.no_runs_in_window()}</p>;
  return (
    <div className="lane-under-charts">
      {title && <h3 className="chart-title">{title}</h3>}
      <Timeline
        runs={runs}
        view={span}
        onOpen={(run: Run) =>
          void navigate({
            to: "/executions/$execution",
            params: { execution: run.id },
            search: { machine: run.machineId },
          })
        }
        onOpenCheck={(check) => void navigate({ to: "/checks/$check", params: { check } })}
        checks={checks}
        instant={at}
        label={m.executions()}
        zone={machine.timeZone}
        maxHeight={240}
        machines={false}
        margins={margins}
      />
    </div>
  );
}

/** Beside the plots: room for the names of processes under them, where there is any. */
export function marginsFor(width: number): { left: number; right: number } {
  return width < 600 ? { left: 64, right: 10 } : { left: 130, right: 16 };
}
