/** How the durations of a process are distributed, before and after a change for good. */
import { useMemo } from "react";
import type { ProcessDetail } from "@culprit/protocol";
import { distributionChart, type DistributionChart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences, useZone } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { Section } from "../ui/page.tsx";

export function ProcessDistribution({ detail }: { detail: ProcessDetail }) {
  const { language } = usePreferences();
  const zone = useZone();
  const { distribution, summary } = detail;
  const data = useMemo(() => pictured(detail, language, zone), [detail, language, zone]);
  if (distribution.length === 0) return null;
  return (
    <Section>
      <Chart
        heading
        title={m.distribution_of_durations()}
        summary={m.chart_distribution_summary({ count: summary.statistics.count })}
        data={data}
        describe={distributionChart}
        timed={false}
        height={data.change ? 210 : 190}
        csv={() => ({
          header: [m.from_seconds(), m.to_seconds(), m.runs()],
          rows: distribution.map(({ fromSeconds, toSeconds, count }) => [fromSeconds, toSeconds, count]),
        })}
      />
    </Section>
  );
}

function pictured(
  { distribution, change, summary }: ProcessDetail,
  locale: string,
  zone: string,
): DistributionChart {
  const { medianSeconds, p95Seconds } = summary.statistics;
  const mark = (name: string, seconds: number | null) => (seconds === null ? [] : [{ name, seconds }]);
  const marks = [...mark(m.median(), medianSeconds), ...mark(m.p95(), p95Seconds)];
  const picture = { bins: distribution, countName: m.runs(), marks };
  if (!change?.everywhere) return picture;
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: zone }).format(
    new Date(change.at),
  );
  return {
    ...picture,
    change: { before: m.statistics_before_change({ day }), since: m.statistics_since_change({ day }) },
  };
}
