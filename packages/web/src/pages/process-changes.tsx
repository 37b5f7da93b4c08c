/** Changes for good as a table. */
import type { DurationChange } from "@culprit/protocol";
import { formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import type { Column } from "../ui/data-table.tsx";
import { Duration, Instant } from "../ui/time.tsx";

type ChangeRow = DurationChange & { machine: string };

/** `+40%`, with a real minus sign. */
export function signedPercent(percent: number, locale: string): string {
  return `${percent > 0 ? "+" : "−"}${formatShare(Math.abs(percent) / 100, locale)}`;
}

export function changeColumns(): Column<ChangeRow>[] {
  return [
    { key: "machine", title: m.machine(), value: ({ machine }) => machine },
    {
      key: "since",
      title: m.statistics_since(),
      value: ({ at }) => at,
      cell: ({ at }) => <Instant at={at} absolute />,
    },
    {
      key: "change",
      title: m.statistics_change(),
      numeric: true,
      value: ({ changePercent }) => changePercent,
      cell: ({ changePercent }) => <Percent value={changePercent} />,
    },
    {
      key: "bounds",
      title: m.statistics_change_bounds(),
      value: ({ lowPercent, highPercent }) => `${lowPercent.toFixed(1)} ${highPercent.toFixed(1)}`,
      cell: ({ lowPercent, highPercent }) => (
        <>
          <Percent value={lowPercent} /> … <Percent value={highPercent} />
        </>
      ),
    },
    {
      key: "before",
      title: m.statistics_before(),
      numeric: true,
      value: ({ medianBeforeSeconds }) => medianBeforeSeconds,
      cell: ({ medianBeforeSeconds }) => <Duration seconds={medianBeforeSeconds} />,
    },
    {
      key: "after",
      title: m.statistics_after(),
      numeric: true,
      value: ({ medianAfterSeconds }) => medianAfterSeconds,
      cell: ({ medianAfterSeconds }) => <Duration seconds={medianAfterSeconds} />,
    },
    { key: "runs", title: m.statistics_runs_after(), numeric: true, value: ({ runsAfter }) => runsAfter },
  ];
}

function Percent({ value }: { value: number }) {
  const { language } = usePreferences();
  return signedPercent(value, language);
}
