/** Reads what machines did, coarser where the window is long: bounded in points and in what the store has to look at. */
import { microsPerSecond, type Micros, type SeriesDescription } from "@culprit/protocol";
import type { CombinedSeries, SampleStore, SeriesKind } from "../../store/store.ts";
import type { MicrosWindow } from "../../window.ts";
import { sampleColumns, type RawSamples, type SampleColumn } from "./raw-evidence.ts";

/** Steps of all machines together, at most: 44 bytes each, 66 MB. */
export const mostPoints = 1_500_000;
/** The store is asked for so many values at a time, so that it neither needs much memory nor keeps others waiting. */
const valuesAtOnce = 500_000;
/** Above so many machine days the five-minute roll-up is read: looking at each sample would take the store minutes. */
const mostMachineDays = 300;

const rolledUpSeconds = 300;
const steps = [10, 20, 30, 60, 120, rolledUpSeconds, 600, 900, 1800, 3600];
const day = 86_400 * microsPerSecond;

const metrics: Record<string, (attributes: SeriesDescription["attributes"]) => SampleColumn | null> = {
  "system.cpu.utilization": (attributes) => {
    if (Object.keys(attributes).some((key) => key !== "cpu.mode")) return null;
    const mode = attributes["cpu.mode"] ?? "";
    if (mode === "steal") return "cpuSteal";
    return mode === "idle" || mode === "iowait" ? null : "cpuBusy";
  },
  "system.linux.run_queue.wait": () => "tasksWaiting",
  "system.linux.run_queue.length": () => "tasksReady",
  "system.linux.pressure": ({ resource, stall }) =>
    resource === "cpu" && stall === "some" ? "cpuPressure" : null,
  "system.disk.io_time": () => "diskBusy",
  "system.disk.queue_time": () => "diskRequests",
  "system.disk.io": () => "diskBytes",
};

/** Of several disks the busiest counts: whoever waits, waits for one of them. */
const largest: ReadonlySet<SampleColumn> = new Set(["diskBusy", "diskRequests"]);

/** Null where none of the machines was sampled. */
export async function readSamples(
  samples: SampleStore,
  machineIds: readonly number[],
  window: MicrosWindow,
): Promise<RawSamples | null> {
  const byColumn = new Map<SampleColumn, SeriesKind[]>(sampleColumns.map((column) => [column, []]));
  let series = 0;
  let machines = 0;
  for (const kind of await samples.kinds(machineIds, Object.keys(metrics))) {
    const column = metrics[kind.metric]?.(kind.attributes);
    if (!column) continue;
    byColumn.get(column)!.push(kind);
    series += kind.machines;
    machines = Math.max(machines, kind.machines);
  }
  if (series === 0) return null;
  const step = chooseStep(machines, window);
  const columns = sampleColumns.map((column) => ({
    kinds: byColumn.get(column)!,
    by: largest.has(column) ? ("max" as const) : ("sum" as const),
  }));
  const slice = step * Math.max(1, Math.floor(valuesAtOnce / series));
  const parts: CombinedSeries[] = [];
  const end = Math.ceil(window.to / step) * step;
  // Backwards: if there is more than fits, the newest counts.
  let points = 0;
  for (let to = end; to > window.from && points < mostPoints; to -= slice) {
    const from = Math.max(Math.floor(window.from / step) * step, to - slice);
    const part = await samples.combined(machineIds, columns, { from, to }, step);
    points += part.at.length;
    parts.unshift(part);
  }
  return joined(parts, step, points);
}

export function chooseStep(machines: number, { from, to }: MicrosWindow): Micros {
  const least = machines * ((to - from) / day) > mostMachineDays ? rolledUpSeconds : 0;
  const fits = (seconds: number) =>
    seconds >= least && (machines * (to - from)) / (seconds * microsPerSecond) <= mostPoints;
  return (steps.find(fits) ?? steps.at(-1)!) * microsPerSecond;
}

/** By machine, and then by time, as each part is. */
function joined(parts: readonly CombinedSeries[], step: Micros, points: number): RawSamples | null {
  if (points === 0) return null;
  const whole: RawSamples = {
    step,
    machineId: new Int32Array(points),
    at: new Float64Array(points),
    values: emptyColumns(points),
  };
  const machineIds = new Set(parts.flatMap(({ machineId }) => [...new Set(machineId)]));
  let next = 0;
  for (const machineId of [...machineIds].toSorted((a, b) => a - b))
    for (const part of parts) {
      const first = part.machineId.indexOf(machineId);
      if (first < 0) continue;
      const end = part.machineId.lastIndexOf(machineId) + 1;
      whole.machineId.fill(machineId, next, next + end - first);
      whole.at.set(part.at.subarray(first, end), next);
      for (const [at, column] of sampleColumns.entries())
        whole.values[column].set(part.values[at]!.subarray(first, end), next);
      next += end - first;
    }
  return whole;
}

function emptyColumns(length: number): Record<SampleColumn, Float32Array> {
  const none = () => new Float32Array(length);
  return {
    cpuBusy: none(),
    cpuSteal: none(),
    tasksWaiting: none(),
    tasksReady: none(),
    cpuPressure: none(),
    diskBusy: none(),
    diskRequests: none(),
    diskBytes: none(),
  };
}
