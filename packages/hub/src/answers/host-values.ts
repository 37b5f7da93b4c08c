/** The machine while a run lasted against its usual: the few values that tell most about contention. */
import { medianOf } from "@culprit/analysis";
import type { SeriesDescription, Why } from "@culprit/protocol";
import { servedUnit } from "../metrics/unit.ts";
import type { SampleStore } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";

export type HostValue = Why["host"][number];
type Means = { description: SeriesDescription; values: Float64Array };

const metrics = [
  "system.cpu.utilization",
  "system.memory.utilization",
  "system.linux.pressure",
  "system.linux.run_queue.wait",
  "system.disk.io",
  "system.disk.io_time",
  "system.linux.disk.await",
];
/** Of disks, which may be many, those that differ most from their usual. */
const mostValues = 14;
const leastWindows = 3;

/** `usual` windows are of the same length. Most telling first. */
export async function compareHost(
  samples: SampleStore,
  machineId: number,
  window: MicrosWindow,
  usual: readonly MicrosWindow[],
): Promise<HostValue[]> {
  const means = await samples.means(machineId, [window, ...usual], metrics);
  return [...totalUtilization(means), ...means.filter(isTelling)]
    .map(toValue)
    .filter((value) => !Number.isNaN(value.value))
    .toSorted((a, b) => surprise(b) - surprise(a) || a.metric.localeCompare(b.metric))
    .slice(0, mostValues);
}

function isTelling({ description: { metric, attributes } }: Means): boolean {
  if (metric === "system.cpu.utilization") return ["iowait", "steal"].includes(attributes["cpu.mode"] ?? "");
  if (metric === "system.linux.pressure") return attributes["stall"] === "some";
  return true;
}

/** All that the CPUs did: every mode but idle and waiting, as one value without attributes. */
function totalUtilization(means: readonly Means[]): Means[] {
  const modes = means.filter(
    ({ description: { metric, attributes } }) =>
      metric === "system.cpu.utilization" &&
      Object.keys(attributes).every((attribute) => attribute === "cpu.mode") &&
      !["idle", "iowait"].includes(attributes["cpu.mode"] ?? ""),
  );
  const first = modes[0];
  if (!first) return [];
  const values = first.values.map((_, at) => modes.reduce((sum, mode) => sum + mode.values[at]!, 0));
  return [{ description: { ...first.description, attributes: {} }, values }];
}

function toValue({ description, values }: Means): HostValue {
  const { metric, attributes } = description;
  const before = values.subarray(1).filter((value) => !Number.isNaN(value));
  return {
    metric,
    attributes,
    unit: servedUnit(description),
    value: values[0] ?? Number.NaN,
    usual: before.length < leastWindows ? null : medianOf(before),
  };
}

/** Shares count by their difference, rates by how many times the usual they are; both are 0..1. */
function surprise({ unit, value, usual }: HostValue): number {
  if (usual === null) return 0;
  const difference = Math.abs(value - usual);
  return unit === "1" ? difference : difference / (Math.max(value, usual) || 1) / 2;
}
