/** How busy machines are, as means of the last minutes: a moment tells nothing about the next hour. */
import { microsPerSecond, type Micros, type SeriesDescription } from "@culprit/protocol";
import type { SampleStore } from "../store/store.ts";

/** Shares 0..1; null where that is not known. Of pressure and file systems the worst, with what it is. */
export type Load = {
  cpu: number | null;
  steal: number | null;
  memory: number | null;
  disk: number | null;
  pressure: { resource: string; share: number } | null;
};

const metrics = [
  "system.cpu.utilization",
  "system.memory.utilization",
  "system.filesystem.utilization",
  "system.linux.pressure",
];
const minutes = 10;

export async function readLoads(
  samples: SampleStore,
  machineIds: readonly number[],
  now: Micros,
): Promise<Map<number, Load>> {
  const all = machineIds.length === 0 ? [] : await samples.described(machineIds, metrics);
  const means = await samples.averages(
    all.map(({ seriesId }) => seriesId),
    [{ from: now - minutes * 60 * microsPerSecond, to: now + 1 }],
  );
  const known = all
    .map((series, at) => ({ ...series, mean: means[at]! }))
    .filter(({ mean }) => !Number.isNaN(mean));
  return new Map(
    machineIds.map((machineId) => [machineId, loadOf(known.filter((one) => one.machineId === machineId))]),
  );
}

type Mean = { description: SeriesDescription; mean: number };

function loadOf(means: readonly Mean[]): Load {
  const of = (metric: string) => means.filter(({ description }) => description.metric === metric);
  // Of single cores nothing is asked.
  const modes = of("system.cpu.utilization").filter(
    ({ description }) => Object.keys(description.attributes).join() === "cpu.mode",
  );
  const inModes = (wanted: (mode: string) => boolean) =>
    modes.length === 0
      ? null
      : modes
          .filter(({ description }) => wanted(description.attributes["cpu.mode"] ?? ""))
          .reduce((sum, { mean }) => sum + mean, 0);
  const pressure = of("system.linux.pressure")
    .filter(({ description }) => description.attributes["stall"] === "some")
    .toSorted((a, b) => b.mean - a.mean)[0];
  return {
    cpu: inModes((mode) => !["idle", "iowait", "steal"].includes(mode)),
    steal: inModes((mode) => mode === "steal"),
    memory: largest(of("system.memory.utilization")),
    disk: largest(of("system.filesystem.utilization")),
    pressure: pressure
      ? { resource: pressure.description.attributes["resource"] ?? "", share: pressure.mean }
      : null,
  };
}

const largest = (means: readonly Mean[]): number | null =>
  means.length === 0 ? null : Math.max(...means.map(({ mean }) => mean));
