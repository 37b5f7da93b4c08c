/** The span that was drawn out on a machine's charts, and what can be done with it. */
import { Button } from "@mantine/core";
import type { Machine } from "@culprit/protocol";
import { formatDuration, formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import type { Span } from "../api/window.ts";
import { useChartContext } from "../preferences.tsx";
import { DifferentLink } from "../ui/different-link.tsx";

type SelectedSpanProps = {
  span: Span;
  /** Whether it was drawn out; else it is all that is in view. */
  drawn: boolean;
  machine: Machine;
  onZoom: () => void;
  onClear: () => void;
};

export function SelectedSpan({ span, drawn, machine, onZoom, onClear }: SelectedSpanProps) {
  const { locale, zone } = useChartContext(machine.timeZone);
  const words = {
    from: formatTime(span.from, zone, locale),
    to: formatTime(span.to, zone, locale),
    length: formatDuration((span.to - span.from) / 1000, locale),
  };
  return (
    <p className="selected-span small" aria-live="polite">
      {drawn && <span className="figure">{m.different_selected(words)}</span>}
      <DifferentLink span={span} machine={machine.id}>
        {drawn ? m.different_then() : m.different_in_view()}
      </DifferentLink>
      {drawn && (
        <Button.Group>
          <Button size="compact-xs" variant="default" onClick={onZoom}>
            {m.zoom_in()}
          </Button>
          <Button size="compact-xs" variant="default" onClick={onClear}>
            {m.clear()}
          </Button>
        </Button.Group>
      )}
    </p>
  );
}
