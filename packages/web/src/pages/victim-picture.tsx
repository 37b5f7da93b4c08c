/** The evidence against a culprit, as a picture: how long its victim takes with it and without it. */
import { useMemo } from "react";
import type { Victim } from "@culprit/protocol";
import { formatNumber, relativeChart, relativeMedian } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";

export function VictimPicture({ victim, culprit }: { victim: Victim; culprit: string }) {
  const { language } = usePreferences();
  const { process, machine, relativeDurations: bins } = victim;
  const data = useMemo(() => {
    const side = (half: "with" | "without") => {
      const median = relativeMedian(bins, half);
      return {
        count: bins.reduce((sum, bin) => sum + bin[half], 0),
        median: median === null ? "–" : `${formatNumber(Number(median.toPrecision(2)), language)}×`,
      };
    };
    return {
      bins,
      names: {
        with: m.culprits_beside(side("with")),
        without: m.culprits_without(side("without")),
        normal: m.culprits_times_normal(),
      },
    };
  }, [bins, language]);
  return (
    <Chart
      title={m.culprits_with_and_without({ victim: process, machine, culprit })}
      summary={`${data.names.with}; ${data.names.without}`}
      data={data}
      describe={relativeChart}
      timed={false}
      height={210}
      csv={() => ({
        header: [
          m.culprits_from_ratio(),
          m.culprits_to_ratio(),
          m.culprits_exposed(),
          m.culprits_unexposed(),
        ],
        rows: bins.map(({ from, to, with: beside, without }) => [from, to, beside, without]),
      })}
    />
  );
}
