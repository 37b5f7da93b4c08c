/** What a span that was drawn out on the timeline holds. */
import { useMemo } from "react";
import { Button } from "@mantine/core";
import { formatDuration, formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useChartContext } from "../preferences.tsx";
import { DifferentLink } from "../ui/different-link.tsx";
import { Section } from "../ui/page.tsx";
import { runsIn } from "./dense.ts";
import { GroupTable } from "./group-table.tsx";
import { RunTable } from "./run-table.tsx";
import type { Run } from "./run.ts";
import type { View } from "./view.ts";

type SpanPanelProps = {
  runs: readonly Run[];
  span: View;
  /** The one machine that is looked at, if it is one. */
  machine: string | undefined;
  onZoom: () => void;
  onClear: () => void;
};

export function SpanPanel({ runs, span, machine, onZoom, onClear }: SpanPanelProps) {
  const { locale, zone } = useChartContext();
  const inside = useMemo(
    () => runs.filter((run) => run.start < span.to && run.end > span.from),
    [runs, span],
  );
  return (
    <Section
      title={m.selected_span()}
      aside={
        <Button.Group>
          <Button size="xs" variant="default" onClick={onZoom}>
            {m.zoom_in()}
          </Button>
          <Button size="xs" variant="default" onClick={onClear}>
            {m.clear()}
          </Button>
        </Button.Group>
      }
    >
      <p>
        {m.selected_sentence({
          from: formatTime(span.from, zone, locale),
          to: formatTime(span.to, zone, locale),
          length: formatDuration((span.to - span.from) / 1000, locale),
          count: inside.reduce((sum, run) => sum + runsIn(run), 0),
        })}{" "}
        <DifferentLink span={span} machine={machine}>
          {m.different_then()}
        </DifferentLink>
      </p>
      {inside.some(({ group }) => group) ? (
        <GroupTable groups={inside} caption={m.selected_span()} />
      ) : (
        <RunTable runs={inside} caption={m.selected_span()} />
      )}
    </Section>
  );
}
