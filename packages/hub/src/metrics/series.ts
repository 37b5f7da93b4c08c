/** Series for charts: bounded in points, and where nothing was measured for a while a null, so that no line bridges it. */
import { limits, microsPerSecond, ProblemError, type Series, type SeriesAnswer } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import { publicId } from "../public-ids.ts";
import type { SeriesColumns } from "../store/store.ts";
import type { MicrosWindow } from "../window.ts";
import { hubCheckSeries } from "./check-series.ts";
import { withGaps } from "./gaps.ts";
import { servedUnit } from "./unit.ts";

export type SeriesQuestion = {
  machineIds: readonly number[];
  /** Also what the hub itself measured. */
  ofHub: boolean;
  metrics: readonly string[];
  window: MicrosWindow;
  stepSeconds?: number | undefined;
};

/** What is chosen gives at most this many points. */
const pointsWanted = 500;
const steps = [10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

export function chooseStepSeconds({ from, to }: MicrosWindow): number {
  const seconds = (to - from) / microsPerSecond;
  const step = steps.find((each) => seconds / each <= pointsWanted);
  return step ?? Math.ceil(seconds / pointsWanted / 86_400) * 86_400;
}

/** Throws a problem of code limit-exceeded if the answer could hold too many points. */
export async function readSeries(hub: Hub, question: SeriesQuestion): Promise<SeriesAnswer> {
  const { machineIds, metrics, window } = question;
  const stepSeconds = question.stepSeconds ?? chooseStepSeconds(window);
  const step = Math.round(stepSeconds * microsPerSecond);
  const described = await hub.store.samples.described(machineIds, metrics);
  const points = described.length * Math.ceil((window.to - window.from) / step);
  const limit = limits.seriesPointsPerRequest;
  if (points > limit) {
    throw new ProblemError(
      "limit-exceeded",
      `${described.length} series in steps of ${stepSeconds} s are up to ${points} points; ask for at most ${limit}: fewer series, a longer step or a shorter window`,
      { limit },
    );
  }
  const ofHub = question.ofHub ? await hubCheckSeries(hub, metrics, window, step) : [];
  if (described.length === 0) return { series: ofHub, stepSeconds };
  const ids = described.map(({ seriesId }) => seriesId);
  // From a multiple of the step on, so that the same steps come back when the window moves.
  const from = Math.floor(window.from / step) * step;
  const columns = await hub.store.samples.series(ids, from, window.to, step);
  return { series: [...columns.map((each) => present(hub, each, step)), ...ofHub], stepSeconds };
}

function present(hub: Hub, { machineId, description, times, values }: SeriesColumns, step: number): Series {
  return {
    machine: hub.fleet.name(machineId),
    machineId: publicId("m", machineId),
    metric: description.metric,
    attributes: description.attributes,
    unit: servedUnit(description),
    ...withGaps(times, values, step),
  };
}
