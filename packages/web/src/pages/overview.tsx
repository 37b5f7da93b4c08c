import { useMemo } from "react";
import { Link, useNavigate } from "@tanstack/react-router";
import type { DeviatingExecution } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import { useMachines } from "../api/machines.ts";
import { day } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { toRuns, type Run } from "../timeline/run.ts";
import { Timeline } from "../timeline/timeline.tsx";
import { DeviationTable } from "../ui/deviation-table.tsx";
import { MachineGrid } from "../ui/machine-grid.tsx";
import { useNow } from "../ui/now.ts";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty, NoExecutions } from "../ui/states.tsx";
import { overviewSentence } from "./overview-sentence.ts";
import { worthShowing } from "./worth-showing.ts";

const lastDay = { lastSeconds: day };

export function OverviewPage() {
  const { language } = usePreferences();
  const navigate = useNavigate();
  const now = useNow();
  const executions = useExecutions(lastDay);
  const deviations = useDeviations(lastDay);
  const machines = useMachines();
  const runs = useMemo(
    () => toRuns(executions.data?.items ?? [], deviations.data ?? []),
    [executions.data, deviations.data],
  );
  const shown = useMemo(() => worthShowing(runs), [runs]);
  const sentence =
    executions.data && deviations.data && machines.data
      ? overviewSentence(
          {
            executions: executions.data.items,
            complete: executions.data.complete,
            deviations: deviations.data,
            machines: machines.data,
          },
          language,
        )
      : executions.isError || deviations.isError || machines.isError
        ? ""
        : undefined;
  const open = (run: Run) =>
    void navigate({
      to: "/executions/$execution",
      params: { execution: run.id },
      search: { machine: run.machineId },
    });
  return (
    <Page title={m.overview()} name={m.overview()} sentence={sentence}>
      <Section
        title={shown.length < runs.length ? m.last_24_hours_notable() : m.last_24_hours()}
        aside={<Link to="/timeline">{m.open_timeline()}</Link>}
      >
        <Answered query={executions} height={180}>
          {({ items }) =>
            items.length === 0 ? (
              <NoExecutions />
            ) : (
              <Timeline
                runs={shown}
                view={{ from: now - day * 1000, to: now }}
                onOpen={open}
                label={m.last_24_hours()}
                maxHeight={340}
              />
            )
          }
        </Answered>
      </Section>
      <Section title={m.slow_runs()}>
        <Answered query={deviations} height={120}>
          {(items) => <Unusual deviations={items.filter(({ execution }) => execution.step === undefined)} />}
        </Answered>
      </Section>
      <Section title={m.machines()} aside={<Link to="/machines">{m.all_machines()}</Link>}>
        <Answered query={machines} height={160}>
          {(items) => <MachineGrid machines={items} />}
        </Answered>
      </Section>
    </Page>
  );
}

function Unusual({ deviations }: { deviations: readonly DeviatingExecution[] }) {
  if (deviations.length === 0) return <Empty title={m.no_slow_runs()} />;
  return <DeviationTable deviations={deviations} atFirst={8} />;
}
