/** One check: when it was not well in the last month, and of its last day how long each probe took, and what it said. */
import { useMemo } from "react";
import type { Check, CheckResult } from "@culprit/protocol";
import { formatDuration, formatNumber, seriesChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { checkStateNames } from "@culprit/messages/check-names";
import { useCheckIncidents, useCheckResults } from "../api/checks.ts";
import { millis } from "../api/millis.ts";
import { day } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { CheckIncidentTable } from "../ui/check-incident-table.tsx";
import { checkStateLooks } from "../ui/check-state.tsx";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Mark } from "../ui/outcome.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { Duration, Instant } from "../ui/time.tsx";

const lastMonth = { lastSeconds: 30 * day };

export function CheckHistory({ check }: { check: Check }) {
  const results = useCheckResults(check.id);
  const incidents = useCheckIncidents(lastMonth, { check: check.id });
  const { language } = usePreferences();
  return (
    <>
      {incidents.data && incidents.data.length > 0 && (
        <Section title={m.check_incidents()}>
          <CheckIncidentTable incidents={incidents.data} caption={m.check_incidents()} nameless />
        </Section>
      )}
      <Section title={m.check_results({ check: check.name })}>
        <Answered query={results} height={320}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={m.check_no_results()} />
            ) : (
              <>
                <Durations results={rows} intervalSeconds={check.intervalSeconds} />
                <DataTable
                  caption={m.check_results({ check: check.name })}
                  columns={columnsOf(language)}
                  rows={rows}
                  rowKey={({ at }) => at}
                  order={{ key: "at", descending: true }}
                  atFirst={20}
                />
              </>
            )
          }
        </Answered>
      </Section>
    </>
  );
}

function Durations({
  results,
  intervalSeconds,
}: {
  results: readonly CheckResult[];
  intervalSeconds: number;
}) {
  const data = useMemo(() => {
    const oldestFirst = results.toReversed();
    const times = oldestFirst.map(({ at }) => millis(at));
    const values = oldestFirst.map(({ durationSeconds }) => durationSeconds);
    return {
      from: times[0]!,
      to: times.at(-1)!,
      stepSeconds: intervalSeconds,
      unit: "s",
      lines: [{ name: m.check_duration(), times, values }],
    };
  }, [results, intervalSeconds]);
  return (
    <Chart
      title={m.check_duration()}
      summary={m.check_durations_summary()}
      data={data}
      describe={seriesChart}
      height={132}
      csv={() => ({
        header: [m.time(), m.check_duration()],
        rows: data.lines[0]!.times.map((time, index) => [
          new Date(time).toISOString(),
          data.lines[0]!.values[index] ?? null,
        ]),
      })}
    />
  );
}

function columnsOf(language: string): Column<CheckResult>[] {
  return [
    { key: "at", title: m.time(), value: ({ at }) => at, cell: ({ at }) => <Instant at={at} absolute /> },
    {
      key: "state",
      title: m.state(),
      value: ({ state }) => checkStateNames[state](),
      cell: ({ state }) => <Mark look={checkStateLooks[state]} text={checkStateNames[state]()} />,
    },
    {
      key: "duration",
      title: m.check_duration(),
      numeric: true,
      value: ({ durationSeconds }) => durationSeconds,
      cell: ({ durationSeconds }) => <Duration seconds={durationSeconds} />,
    },
    {
      key: "text",
      title: m.check_said(),
      value: ({ text }) => text,
      cell: ({ text }) => <span className="check-said">{text}</span>,
    },
    {
      key: "numbers",
      title: m.check_numbers(),
      value: ({ numbers }) =>
        numbers
          .map(({ label, value, unit }) =>
            unit === "s"
              ? `${label} ${formatDuration(value, language)}`
              : `${label} ${formatNumber(value, language)}${unit}`,
          )
          .join(", "),
    },
  ];
}
