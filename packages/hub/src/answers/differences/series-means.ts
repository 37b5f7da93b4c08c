/** The mean of every series in a window and in those it is compared with. */
import { microsPerSecond, ProblemError, type SeriesDescription } from "@culprit/protocol";
import type { SampleStore } from "../../store/store.ts";
import type { MicrosWindow } from "../../window.ts";

export type SeriesMeans = {
  series: { machineId: number; description: SeriesDescription }[];
  /** Row = series, column = window; NaN where nothing was measured. */
  values: Float64Array;
};

/** Counts up for ever, or tells of the agent alone. */
const untelling = /^(system\.uptime$|culprit\.agent\.)/;

const mostSeries = 10_000;

const rollupStep = 300 * microsPerSecond;
/** From this length on, five minutes more or less at the ends change nothing that could be told. */
const longWindow = 3600 * microsPerSecond;

/** Rejects with a problem of code limit-exceeded. */
export async function readSeriesMeans(
  samples: SampleStore,
  machineIds: readonly number[],
  windows: readonly MicrosWindow[],
): Promise<SeriesMeans> {
  const described = (await samples.described(machineIds)).filter(
    ({ description }) =>
      !untelling.test(description.metric) && !("cpu.logical_number" in description.attributes),
  );
  if (described.length > mostSeries)
    throw new ProblemError(
      "limit-exceeded",
      `${described.length} series are more than are compared at once (${mostSeries}): name some machines`,
      { limit: mostSeries },
    );
  const values = await samples.averages(
    described.map(({ seriesId }) => seriesId),
    windows.map(toRollup),
  );
  return { series: described.map(({ machineId, description }) => ({ machineId, description })), values };
}

/** Long ones begin and end with the roll-up's steps, so that it answers. */
function toRollup({ from, to }: MicrosWindow): MicrosWindow {
  if (to - from < longWindow) return { from, to };
  return { from: Math.floor(from / rollupStep) * rollupStep, to: Math.ceil(to / rollupStep) * rollupStep };
}
