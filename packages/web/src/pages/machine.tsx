import { useMemo, useState } from "react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { SegmentedControl } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { isNeverHeard, type Machine } from "@culprit/protocol";
import { formatDuration, seriesChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useMachine } from "../api/machines.ts";
import { useSeries } from "../api/series.ts";
import type { Span, Window } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { firstView } from "../timeline/first-view.ts";
import { Chart } from "../ui/chart.tsx";
import { Page, Section } from "../ui/page.tsx";
import { WithinPage } from "../ui/within-page.tsx";
import { MachineConditions } from "../ui/machine-conditions.tsx";
import { StateEvidence } from "../ui/state-evidence.tsx";
import { Answered, Empty, Failed, Loading } from "../ui/states.tsx";
import { instantText, millis } from "../api/millis.ts";
import { InstantSlider, OsProcessTable } from "./machine-os-processes.tsx";
import { AvailabilityMonth } from "./availability-month.tsx";
import {
  chartCsv,
  chartsOf,
  machineMetrics,
  machineShareMetrics,
  stepFor,
  type MachineChart,
} from "./machine-charts.ts";
import { MachineAbout } from "./machine-about.tsx";
import { ExecutionLane, marginsFor, RunsWithoutAgent } from "./machine-executions.tsx";
import { Inventory } from "./machine-inventory.tsx";
import { MachineFitness } from "./machine-fitness.tsx";
import { MachineLive } from "./machine-live.tsx";
import { MachineProbe } from "./machine-probe.tsx";
import { machineSentence } from "./machine-sentence.ts";
import { MachineChecks } from "./machine-checks.tsx";
import { MachineServices } from "./machine-services.tsx";
import { SelectedSpan } from "./selected-span.tsx";

const route = getRouteApi("/signed-in/machines/$machine");
const hourChoices = [1, 6, 24, 168] as const;

export function MachinePage() {
  const { machine: id } = route.useParams();
  const search = route.useSearch();
  const { language } = usePreferences();
  const navigate = useNavigate({ from: "/machines/$machine" });
  const machine = useMachine(id);
  // Of one that has no agent there are runs alone, and these are few in an hour.
  const withAgent = !machine.data || !isNeverHeard(machine.data);
  const { hours = withAgent ? 1 : 24 } = search;
  const window = useMemo(() => windowOf({ ...search, hours }), [search, hours]);
  if (!machine.data)
    return (
      <Page title={m.machine()} name={m.machine()} sentence={machine.isError ? "" : undefined}>
        {machine.isError ? (
          <Failed error={machine.error} retry={() => void machine.refetch()} />
        ) : (
          <Loading height={400} />
        )}
      </Page>
    );
  return (
    <Page
      title={
        <>
          <Link to="/machines">{m.machines()}</Link> › {machine.data.name}
        </>
      }
      name={machine.data.name}
      sentence={machineSentence(machine.data, language)}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={m.span()}
          value={"lastSeconds" in window ? String(hours) : ""}
          data={hourChoices.map((choice) => ({
            value: String(choice),
            label: formatDuration(choice * 3600, language),
          }))}
          onChange={(value) => void navigate({ search: { hours: Number(value) }, replace: true })}
        />
      }
    >
      <MachineConditions machine={machine.data} />
      {withAgent && <WithinPage sections={sections()} />}
      {withAgent ? (
        <>
          {machine.data.state !== "online" && <StateEvidence machine={machine.data} />}
          <MachineLive machine={machine.data} />
          <Measured
            machine={machine.data}
            window={window}
            fitted={search.hours === undefined && "lastSeconds" in window}
            at={search.at === undefined ? undefined : millis(search.at)}
            onWindow={({ from, to }) =>
              void navigate({
                search: { from: instantText(from), to: instantText(to) },
                replace: true,
                resetScroll: false,
              })
            }
            onInstant={(at) =>
              void navigate({
                search: (before) => ({
                  ...before,
                  at: at === undefined ? undefined : instantText(at),
                }),
                replace: true,
                resetScroll: false,
              })
            }
          />
          <AvailabilityMonth
            of={{ noun: "machines", id: machine.data.id }}
            since={machine.data.enrolledAt}
            machineZone={machine.data.timeZone}
          />
          <MachineServices machine={machine.data} />
          <MachineChecks machine={machine.data.id} window={window} />
          <MachineFitness machine={machine.data} />
        </>
      ) : (
        <RunsWithoutAgent machine={machine.data} window={window} />
      )}
      <Section id="inventory" title={m.inventory()}>
        <Inventory machine={machine.data} />
      </Section>
      {withAgent && <MachineProbe machine={machine.data} />}
      <MachineAbout key={machine.data.id} machine={machine.data} />
    </Page>
  );
}

/** What stands below the charts and the OS processes. */
const sections = () => [
  { id: "availability", title: m.availability_page() },
  { id: "services", title: m.services_title() },
  { id: "checks", title: m.checks_page() },
  { id: "speed", title: m.fitness_title() },
  { id: "inventory", title: m.inventory() },
  { id: "probe", title: m.probe_title() },
  { id: "about", title: m.fleet_about() },
];

type MeasuredProps = {
  machine: Machine;
  window: Window;
  /** Whether the picture may start with the first sample instead of with the window. */
  fitted: boolean;
  at: number | undefined;
  onInstant: (at: number | undefined) => void;
  onWindow: (window: Span) => void;
};

function Measured({ machine, window, fitted, at, onInstant, onWindow }: MeasuredProps) {
  const [selection, setSelection] = useState<Span>();
  const spanSeconds = "lastSeconds" in window ? window.lastSeconds : (window.to - window.from) / 1000;
  const machines = useMemo(() => [machine.id], [machine.id]);
  const stepSeconds = stepFor(spanSeconds * 1000);
  const series = useSeries({ machines, metrics: machineMetrics, window, stepSeconds });
  const shares = useSeries({ machines, metrics: machineShareMetrics, window, stepSeconds });
  const zone = machine.timeZone;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const margins = useMemo(() => marginsFor(width), [width]);
  const charts = useMemo(
    () => chartsOf([...(series.data?.series ?? []), ...(shares.data?.series ?? [])]),
    [series.data, shares.data],
  );
  const span = useMemo(() => {
    const read = series.data?.span ?? { from: 0, to: 0 };
    return fitted ? firstView(firstSample(charts), read.to, read.to - read.from) : read;
  }, [series.data?.span, charts, fitted]);
  return (
    <>
      <Section
        title={m.measured()}
        aside={
          <span className="quiet small">
            {m.click_an_instant()} <span className="with-mouse">{m.different_drag_hint()}</span>
          </span>
        }
      >
        <Answered query={series} height={600}>
          {() =>
            charts.length === 0 ? (
              <Empty title={m.no_samples_yet()}>
                <p>{m.no_samples_hint()}</p>
              </Empty>
            ) : (
              <div className="machine-charts" ref={ref}>
                <SelectedSpan
                  span={selection ?? span}
                  drawn={selection !== undefined}
                  machine={machine}
                  onZoom={() => {
                    if (selection) onWindow(selection);
                    setSelection(undefined);
                  }}
                  onClear={() => setSelection(undefined)}
                />
                {charts.map((chart) => (
                  <Chart
                    key={chart.key}
                    title={chart.title}
                    summary={m.chart_series_summary({ machine: machine.name })}
                    data={{
                      ...span,
                      ...chart,
                      margins,
                      ...(at === undefined ? {} : { instant: at }),
                      ...(selection ? { shaded: [selection.from, selection.to] as const } : {}),
                    }}
                    describe={seriesChart}
                    group={`machine ${machine.id}`}
                    height={132}
                    zone={zone}
                    csv={() => chartCsv(chart)}
                    onInstant={onInstant}
                    onSpan={(from, to) =>
                      setSelection({ from: Math.max(span.from, from), to: Math.min(span.to, to) })
                    }
                  />
                ))}
                <InstantSlider span={span} at={at} onInstant={onInstant} zone={zone} margins={margins} />
                <ExecutionLane
                  machine={machine}
                  window={window}
                  span={span}
                  at={at}
                  margins={margins}
                  title={m.executions()}
                />
              </div>
            )
          }
        </Answered>
      </Section>
      <OsProcessTable machine={machine} at={at} onNow={() => onInstant(undefined)} />
    </>
  );
}

/** Milliseconds since 1970 of the first value in any chart. */
function firstSample(charts: readonly MachineChart[]): number {
  let first = Infinity;
  for (const { times, values } of charts.flatMap(({ lines }) => lines)) {
    const index = values.findIndex((value) => value !== null);
    first = Math.min(first, times[index] ?? Infinity);
  }
  return first;
}

/** A link may name a span, or only an instant to look around. */
function windowOf({
  from,
  to,
  at,
  hours = 1,
}: {
  from?: string | undefined;
  to?: string | undefined;
  at?: string | undefined;
  hours?: number | undefined;
}): Window {
  const [start, end] = [millis(from ?? ""), millis(to ?? "")];
  if (end > start) return { from: start, to: end };
  const instant = millis(at ?? "");
  const half = (hours * 3_600_000) / 2;
  if (Number.isFinite(instant) && instant < Date.now() - 2 * half)
    return { from: instant - half, to: instant + half };
  return { lastSeconds: hours * 3600 };
}
