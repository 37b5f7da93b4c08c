/** When a process runs: the week as a grid, and the same as a table for whoever can't see it. */
import { useMemo, useState } from "react";
import { SegmentedControl } from "@mantine/core";
import type { HoursOfWeek } from "@culprit/protocol";
import { hourText, weekChart, weekdayNames, type WeekChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Section } from "../ui/page.tsx";
import { Duration } from "../ui/time.tsx";

const shows = ["duration", "runs", "failures"] as const;
type Show = (typeof shows)[number];
type Hour = { hour: number; count: number; failures: number; seconds: number | null };

export function ProcessWeek({ hours }: { hours: HoursOfWeek }) {
  const { language } = usePreferences();
  const [show, setShow] = useState<Show>("duration");
  const days = weekdayNames(language, "long");
  const nameOf = (hour: number) => `${days[Math.floor(hour / 24)]} ${hourText(hour % 24)}`;
  const rows = useMemo(() => hoursWithRuns(hours), [hours]);
  const data = useMemo(() => pictured(hours, show), [hours, show]);
  if (rows.length === 0) return null;
  return (
    <Section>
      <Chart
        heading
        title={m.statistics_hours()}
        summary={m.statistics_hours_summary({
          busiest: nameOf(highest(rows, ({ count }) => count).hour),
          longest: nameOf(highest(rows, ({ seconds }) => seconds ?? 0).hour),
        })}
        data={data}
        describe={weekChart}
        zone={hours.zone}
        height={236}
        csv={() => ({
          header: [m.statistics_hour(), m.runs(), m.failures(), m.duration_seconds()],
          rows: rows.map(({ hour, count, failures, seconds }) => [nameOf(hour), count, failures, seconds]),
        })}
      />
      <SegmentedControl
        size="xs"
        aria-label={m.statistics_show()}
        value={show}
        onChange={(value) => setShow(shows.find((each) => each === value) ?? show)}
        data={[
          { value: "duration", label: m.statistics_by_duration() },
          { value: "runs", label: m.statistics_by_runs() },
          { value: "failures", label: m.statistics_by_failures() },
        ]}
      />
      <details className="week-table">
        <summary>{m.statistics_hours_table()}</summary>
        <DataTable
          caption={m.statistics_hours()}
          columns={columns(nameOf)}
          rows={rows}
          rowKey={({ hour }) => String(hour)}
          atFirst={24}
        />
      </details>
    </Section>
  );
}

function hoursWithRuns({ counts, failures, medianSeconds }: HoursOfWeek): Hour[] {
  return counts
    .map((count, hour) => ({
      hour,
      count,
      failures: failures[hour] ?? 0,
      seconds: medianSeconds[hour] ?? null,
    }))
    .filter(({ count }) => count > 0);
}

function pictured({ counts, failures, medianSeconds }: HoursOfWeek, show: Show): WeekChart {
  const where = (values: readonly number[]) =>
    values.map((value, hour) => (counts[hour] === 0 ? null : value));
  switch (show) {
    case "duration":
      return { values: medianSeconds, name: m.median(), unit: "s" };
    case "runs":
      return { values: where(counts), name: m.runs(), unit: "{run}" };
    case "failures":
      return { values: where(failures), name: m.failures(), unit: "{run}" };
    default:
      return show satisfies never;
  }
}

function highest(rows: readonly Hour[], of: (row: Hour) => number): Hour {
  return rows.reduce((best, row) => (of(row) > of(best) ? row : best));
}

function columns(nameOf: (hour: number) => string): Column<Hour>[] {
  return [
    { key: "hour", title: m.statistics_hour(), value: ({ hour }) => hour, cell: ({ hour }) => nameOf(hour) },
    { key: "runs", title: m.runs(), numeric: true, value: ({ count }) => count },
    { key: "failures", title: m.failures(), numeric: true, value: ({ failures }) => failures },
    {
      key: "median",
      title: m.median(),
      numeric: true,
      value: ({ seconds }) => seconds,
      cell: ({ seconds }) => <Duration seconds={seconds} />,
    },
  ];
}
