/** What the hub's own checks measured, as series like those that agents send: of the machine `hub`. */
import { checkStates, type Series } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { CheckResultRow } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";
import { withGaps } from "./gaps.ts";

export const hubItself = "hub";

const mostResults = 50_000;

type Line = {
  metric: string;
  attributes: Record<string, string>;
  unit: string;
  points: Map<number, number[]>;
};

/** Means of each step, in microseconds; `metrics` that are none of a check's give nothing. */
export async function hubCheckSeries(
  hub: Hub,
  metrics: readonly string[],
  window: MicrosWindow,
  step: number,
): Promise<Series[]> {
  const checks = hub.checks.of(0);
  if (checks.length === 0 || !metrics.some((metric) => metric.startsWith("culprit.check."))) return [];
  const names = new Map(checks.map(({ checkId, name }) => [checkId, name]));
  const results = await hub.store.checks.results([...names.keys()], window, mostResults);
  const lines = new Map<string, Line>();
  for (const result of results.toReversed())
    for (const { metric, label, unit, value } of measured(result)) {
      if (!metrics.includes(metric)) continue;
      const attributes = { check: names.get(result.checkId)!, ...(label === undefined ? {} : { label }) };
      const key = JSON.stringify([metric, attributes]);
      const line = lines.get(key) ?? { metric, attributes, unit, points: new Map<number, number[]>() };
      lines.set(key, line);
      const at = Math.floor(result.at / step) * step;
      line.points.set(at, [...(line.points.get(at) ?? []), value]);
    }
  return [...lines.values()].map(({ metric, attributes, unit, points }) => ({
    machine: hubItself,
    machineId: hubItself,
    metric,
    attributes,
    unit,
    ...withGaps(
      Float64Array.from(points.keys()),
      Float64Array.from(
        points.values(),
        (values) => values.reduce((sum, one) => sum + one, 0) / values.length,
      ),
      step,
    ),
  }));
}

function measured({ state, durationSeconds, numbers }: CheckResultRow) {
  return [
    { metric: "culprit.check.state", label: undefined, unit: "", value: checkStates.indexOf(state) },
    { metric: "culprit.check.duration", label: undefined, unit: "s", value: durationSeconds },
    ...numbers.map((number) => ({ metric: "culprit.check.value", ...number })),
  ];
}
