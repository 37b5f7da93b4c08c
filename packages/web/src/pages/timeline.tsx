import { useMemo, useState } from "react";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ActionIcon, SegmentedControl, Switch } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconHome, IconMinus, IconPlus } from "@tabler/icons-react";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useDeviations } from "../api/deviations.ts";
import { useCheckIncidents } from "../api/checks.ts";
import { useDensity } from "../api/density.ts";
import { useExecutions } from "../api/executions.ts";
import { useExpected } from "../api/expected.ts";
import { day } from "../api/window.ts";
import { useChartContext } from "../preferences.tsx";
import { mostRuns, toGroups } from "../timeline/dense.ts";
import { GroupTable } from "../timeline/group-table.tsx";
import { missedWithin, toCheckMarks, toMarks } from "../timeline/marks.ts";
import { MissedTable } from "../timeline/missed-table.tsx";
import { RunTable } from "../timeline/run-table.tsx";
import { firstWithin, toRuns, type Run } from "../timeline/run.ts";
import { Timeline } from "../timeline/timeline.tsx";
import { panned, windowToLoad, zoomed, type View } from "../timeline/view.ts";
import { CheckIncidentTable } from "../ui/check-incident-table.tsx";
import { useNow } from "../ui/now.ts";
import { DifferentLink } from "../ui/different-link.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, NoExecutions } from "../ui/states.tsx";
import { firstView } from "../timeline/first-view.ts";
import { TimelineLegend } from "../timeline/legend.tsx";
import { instantText, millis } from "../api/millis.ts";
import { SpanPanel } from "../timeline/span-panel.tsx";
import { TimelineFilters } from "./timeline-filters.tsx";
import { timelineSentence } from "./timeline-sentence.ts";
import { onNotableMachines } from "./worth-showing.ts";

const route = getRouteApi("/signed-in/timeline");

export function TimelinePage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/timeline" });
  const now = useNow();
  const context = useChartContext();
  const [selection, setSelection] = useState<View>();
  const asked = useMemo(() => viewOf(search, now), [search, now]);
  const window = useMemo(() => windowToLoad(asked ?? lastDay(now)), [asked, now]);
  const filter = {
    ...(search.machine === undefined ? {} : { machine: search.machine }),
    ...(search.process === undefined ? {} : { process: search.process }),
    ...(search.kind === undefined ? {} : { kind: search.kind }),
  };
  const outcome = search.outcome === undefined ? {} : { outcome: search.outcome };
  const density = useDensity(window, { ...filter, ...outcome });
  // Of millions of runs a picture shows how many there are, not each of them.
  const dense = (density.data?.total ?? 0) > mostRuns;
  const executions = useExecutions(window, { ...filter, ...outcome }, mostRuns, {
    enabled: density.data !== undefined && !dense,
  });
  const deviations = useDeviations(window, filter);
  const expected = useExpected(window, filter);
  const marks = useMemo(
    // Web requests have no schedule.
    () => (search.kind === "web" || !expected.data ? undefined : toMarks(expected.data.items)),
    [expected.data, search.kind],
  );
  const incidents = useCheckIncidents(
    window,
    search.machine === undefined ? {} : { machine: search.machine },
  );
  const checks = useMemo(() => toCheckMarks(incidents.data ?? []), [incidents.data]);
  const runs = useMemo(() => {
    const all =
      dense && density.data
        ? toGroups(density.data)
        : toRuns(executions.data?.items ?? [], deviations.data ?? []);
    return search.notable ? onNotableMachines(all, deviations.data ?? []) : all;
  }, [dense, density.data, executions.data, deviations.data, search.notable]);
  const view = useMemo(
    () => asked ?? firstView(firstWithin(runs, lastDay(now)), now, day * 1000),
    [asked, runs, now],
  );
  const inView = useMemo(
    () => runs.filter((run) => run.start < view.to && run.end > view.from),
    [runs, view],
  );
  const show = (next: View | undefined) =>
    void navigate({
      search: (before) => ({
        ...before,
        from: next && instantText(next.from),
        to: next && instantText(next.to),
        last: undefined,
      }),
      replace: true,
    });
  const showLast = (seconds: number) =>
    void navigate({
      search: (before) => ({ ...before, from: undefined, to: undefined, last: seconds }),
      replace: true,
    });
  const open = (run: Run) => {
    if (run.group) show({ from: run.start, to: run.end });
    else
      void navigate({
        to: "/executions/$execution",
        params: { execution: run.id },
        search: { machine: run.machineId },
      });
  };
  const span = view.to - view.from;
  const shown = dense ? density : executions;
  const sentence = shown.data
    ? timelineSentence(inView, formatDuration(span / 1000, context.locale), {
        complete: dense || executions.data?.complete === true,
        missed: missedWithin(marks ?? [], view),
      })
    : undefined;
  return (
    <Page
      title={m.timeline()}
      name={m.timeline()}
      sentence={sentence ?? (shown.isError || density.isError ? "" : undefined)}
    >
      <fieldset className="timeline-tools" aria-label={m.timeline_tools()}>
        <SegmentedControl
          size="xs"
          aria-label={m.span()}
          value={presets.find(({ seconds }) => Math.abs(span / 1000 - seconds) < seconds * 0.02)?.value ?? ""}
          onChange={(value) => {
            const seconds = presets.find((preset) => preset.value === value)?.seconds ?? day;
            // A stretch of the past keeps its end; one that ends now goes on with the clock.
            if (search.from === undefined || view.to >= now) showLast(seconds);
            else show({ from: view.to - seconds * 1000, to: view.to });
          }}
          data={presets.map(({ value, seconds }) => ({
            value,
            label: formatDuration(seconds, context.locale),
          }))}
        />
        <ActionIcon.Group>
          <Tool
            name={m.earlier()}
            onClick={() => show(panned(view, -span / 2))}
            icon={<IconArrowLeft size={16} />}
          />
          <Tool
            name={m.later()}
            onClick={() => show(panned(view, span / 2))}
            icon={<IconArrowRight size={16} />}
          />
          <Tool
            name={m.zoom_in()}
            onClick={() => show(zoomed(view, 0.5, (view.from + view.to) / 2))}
            icon={<IconPlus size={16} />}
          />
          <Tool
            name={m.zoom_out()}
            onClick={() => show(zoomed(view, 2, (view.from + view.to) / 2))}
            icon={<IconMinus size={16} />}
          />
          <Tool name={m.last_24_hours()} onClick={() => show(undefined)} icon={<IconHome size={16} />} />
        </ActionIcon.Group>
        <TimelineFilters
          chosen={search}
          onChoose={(change) =>
            void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
          }
        />
        <Switch
          size="xs"
          label={m.show_steps()}
          checked={search.steps === true}
          onChange={({ currentTarget: { checked } }) =>
            void navigate({ search: (before) => ({ ...before, steps: checked || undefined }), replace: true })
          }
        />
        <Switch
          size="xs"
          label={m.only_notable()}
          checked={search.notable === true}
          onChange={({ currentTarget: { checked } }) =>
            void navigate({
              search: (before) => ({ ...before, notable: checked || undefined }),
              replace: true,
            })
          }
        />
        <Switch
          size="xs"
          label={m.show_as_table()}
          checked={search.table === true}
          onChange={({ currentTarget: { checked } }) =>
            void navigate({ search: (before) => ({ ...before, table: checked || undefined }), replace: true })
          }
        />
      </fieldset>
      <Answered<unknown> query={density.isError ? density : shown} height={400}>
        {() =>
          runs.length === 0 &&
          asked === undefined &&
          !search.notable &&
          Object.keys({ ...filter, ...outcome }).length === 0 ? (
            <NoExecutions />
          ) : (
            <>
              <Timeline
                runs={runs}
                view={view}
                onView={show}
                onHome={() => show(undefined)}
                onOpen={open}
                onOpenCheck={(check) => void navigate({ to: "/checks/$check", params: { check } })}
                onLane={({ processId }) =>
                  processId && void navigate({ to: "/processes/$process", params: { process: processId } })
                }
                selection={selection}
                onSelect={setSelection}
                steps={search.steps === true}
                {...(marks ? { marks } : {})}
                checks={checks}
                label={m.timeline_label()}
                maxHeight={Math.max(320, globalThis.innerHeight - 290)}
              />
              <p className="small">
                <DifferentLink
                  span={{ from: view.from, to: Math.min(view.to, now) }}
                  machine={search.machine}
                >
                  {m.different_in_view()}
                </DifferentLink>
              </p>
              <TimelineLegend
                groups={dense}
                starts={marks !== undefined}
                checks={checks.length > 0}
                expectedCut={expected.data?.truncated === true}
              />
              {selection && (
                <SpanPanel
                  runs={runs}
                  span={selection}
                  machine={search.machine}
                  onZoom={() => {
                    show(selection);
                    setSelection(undefined);
                  }}
                  onClear={() => setSelection(undefined)}
                />
              )}
              {search.table === true && (
                <Section title={m.runs_in_view()}>
                  {dense ? (
                    <GroupTable groups={inView} caption={m.runs_in_view()} />
                  ) : (
                    <RunTable runs={inView} caption={m.runs_in_view()} />
                  )}
                </Section>
              )}
              {search.table === true && incidents.data && incidents.data.length > 0 && (
                <Section title={m.check_incidents_of_all()}>
                  <CheckIncidentTable incidents={incidents.data} caption={m.check_incidents_of_all()} />
                </Section>
              )}
              {search.table === true && marks && missedWithin(marks, view) > 0 && (
                <Section title={m.timeline_missed_title()}>
                  <MissedTable marks={marks} view={view} />
                </Section>
              )}
            </>
          )
        }
      </Answered>
    </Page>
  );
}

const presets = [
  { value: "15m", seconds: 900 },
  { value: "1h", seconds: 3600 },
  { value: "6h", seconds: 6 * 3600 },
  { value: "24h", seconds: day },
  { value: "7d", seconds: 7 * day },
] as const;

function Tool({ name, icon, onClick }: { name: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <ActionIcon variant="default" size={30} aria-label={name} title={name} onClick={onClick}>
      {icon}
    </ActionIcon>
  );
}

/** What the URL says: a fixed stretch, or the last so many seconds, which move on with the clock. */
function viewOf(
  { from, to, last }: { from?: string | undefined; to?: string | undefined; last?: number | undefined },
  now: number,
): View | undefined {
  const [start, end] = [millis(from ?? ""), millis(to ?? "")];
  if (end > start) return { from: start, to: end };
  return last === undefined ? undefined : { from: now - last * 1000, to: now };
}

const lastDay = (now: number): View => ({ from: now - day * 1000, to: now });
