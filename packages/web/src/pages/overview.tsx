import { useMemo } from "react";
import { Link, useNavigate } from "@tanstack/react-router";
import { isNeverHeard, type DeviatingExecution } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useChecks } from "../api/checks.ts";
import { useDeviations } from "../api/deviations.ts";
import { useExecutions } from "../api/executions.ts";
import { useMachines } from "../api/machines.ts";
import { useEvents } from "../api/supervision.ts";
import { day } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { firstView } from "../timeline/first-view.ts";
import { firstWithin, toRuns, type Run } from "../timeline/run.ts";
import { Timeline } from "../timeline/timeline.tsx";
import { DeviationTable } from "../ui/deviation-table.tsx";
import { BadChecks } from "../ui/bad-checks.tsx";
import { EventList } from "../ui/event-list.tsx";
import { FleetConditions } from "../ui/machine-conditions.tsx";
import { MachineGrid } from "../ui/machine-grid.tsx";
import { useNow } from "../ui/now.ts";
import { SlowRuns } from "../ui/slow-runs.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty, NoExecutions } from "../ui/states.tsx";
import { overviewSentence } from "./overview-sentence.ts";
import type { View } from "../timeline/view.ts";
import { isNotable, worthShowing } from "./worth-showing.ts";

const lastDay = { lastSeconds: day };

export function OverviewPage() {
  const { language } = usePreferences();
  const navigate = useNavigate();
  const now = useNow();
  const executions = useExecutions(lastDay);
  const deviations = useDeviations(lastDay, {}, { verdicts: true });
  const machines = useMachines();
  const events = useEvents(lastDay);
  const checks = useChecks();
  const runs = useMemo(
    () => toRuns(executions.data?.items ?? [], deviations.data ?? []),
    [executions.data, deviations.data],
  );
  const shown = useMemo(() => worthShowing(runs), [runs]);
  const view = useMemo(() => firstView(firstWithin(shown, lastDayUntil(now)), now, day * 1000), [shown, now]);
  const leavesOut = shown.length < runs.filter(({ step }) => step === undefined).length;
  const unusual = useMemo(
    () => (deviations.data ?? []).filter(({ execution }) => execution.step === undefined),
    [deviations.data],
  );
  const worst = useMemo(() => worstFirst(unusual).slice(0, explained), [unusual]);
  const sentence =
    executions.data && deviations.data && machines.data
      ? overviewSentence(
          {
            executions: executions.data.items,
            complete: executions.data.complete,
            deviations: deviations.data,
            machines: machines.data,
            checks: checks.data ?? [],
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
      <div className="overview-night">
        <Section
          title={pictureTitle(view, shown, now, language)}
          aside={
            <Link to="/timeline" search={leavesOut && shown.some(isNotable) ? { notable: true } : {}}>
              {m.open_timeline()}
            </Link>
          }
        >
          <Answered query={executions} height={240}>
            {({ items }) =>
              items.length === 0 ? (
                <NoExecutions />
              ) : (
                <>
                  <Timeline
                    runs={shown}
                    view={view}
                    onOpen={open}
                    label={m.last_24_hours()}
                    maxHeight={290}
                  />
                  {leavesOut && (
                    <p className="quiet small">
                      {shown.some(isNotable) ? m.notable_processes() : m.notable_none()}
                    </p>
                  )}
                </>
              )
            }
          </Answered>
        </Section>
        {executions.data?.items.length !== 0 && (
          <Section title={m.slow_runs()}>
            <Answered query={deviations} height={240}>
              {() => (worst.length === 0 ? <Empty title={m.no_slow_runs()} /> : <SlowRuns runs={worst} />)}
            </Answered>
          </Section>
        )}
      </div>
      {events.data && events.data.length > 0 && (
        <Section title={m.supervision_events()}>
          <EventList events={events.data} atFirst={5} />
        </Section>
      )}
      <FleetConditions machines={machines.data ?? []} />
      <BadChecks checks={checks.data ?? []} />
      <Section title={m.machines()} aside={<Link to="/machines">{m.all_machines()}</Link>}>
        <Answered query={machines} height={160}>
          {(items) => (
            <>
              <MachineGrid machines={items} />
              {items.some(isNeverHeard) && (
                <p className="quiet">
                  {m.machines_never_heard({ count: items.filter(isNeverHeard).length })}
                </p>
              )}
            </>
          )}
        </Answered>
      </Section>
      {unusual.length > 0 && (
        <Section title={m.all_unusual_runs()}>
          <DeviationTable deviations={unusual} atFirst={8} />
        </Section>
      )}
    </Page>
  );
}

/** Slow runs whose sentence is asked for. */
const explained = 3;

const lastDayUntil = (now: number): View => ({ from: now - day * 1000, to: now });

function worstFirst(deviations: readonly DeviatingExecution[]): DeviatingExecution[] {
  return deviations
    .filter(({ deviation }) => deviation.direction === "slow")
    .toSorted((a, b) => b.excessSeconds - a.excessSeconds);
}

/** Says what stretch the picture shows. */
function pictureTitle(view: View, shown: readonly Run[], now: number, language: string): string {
  const first = firstWithin(shown, view);
  const whole = view.to - view.from >= day * 1000 || first === undefined;
  // To the minute, so that the title does not count seconds.
  const minutes = whole ? 0 : Math.max(1, Math.ceil((now - first) / 60_000));
  return whole ? m.last_24_hours() : m.since_first_run({ span: formatDuration(minutes * 60, language) });
}
