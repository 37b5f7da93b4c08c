/** What was different in a window against the same hours before it: series and processes, by one comparison of all. */
import { leastReferences, spansBefore, type Difference } from "@culprit/analysis";
import { formatInstant, microsPerSecond, ProblemError, type Differences } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { servedUnit } from "../../metrics/unit.ts";
import { publicId } from "../../public-ids.ts";
import { readWindow, type MicrosWindow } from "../../window.ts";
import { namesOf } from "../attribution/placed.ts";
import { differencesText } from "../differences-text.ts";
import { buffersOf } from "../normals.ts";
import type { Place } from "../run-model.ts";
import type { Locale } from "../why-text.ts";
import { isCount, processRows, type ProcessRows } from "./process-values.ts";
import { readSeriesMeans, type SeriesMeans } from "./series-means.ts";
import type { SpanSummary } from "./span-summary.ts";

type Query = { machine?: string[] | undefined; from?: string | undefined; to?: string | undefined };

const hour = 3600;
const longest = 31 * 86_400 * microsPerSecond;
/** Of each list; what is further down differs less. */
const mostTold = 100;

/** Rejects with a problem of code limit-exceeded for a window that is too long, or too many series. */
export async function findDifferences(hub: Hub, query: Query, locale: Locale): Promise<Differences> {
  const window = readPast(hub, query);
  const wanted = query.machine?.map((reference) => hub.fleet.machine(reference).machineId);
  const machineIds = wanted ?? hub.fleet.all().map(({ machineId }) => machineId);
  const before = spansBefore(inSeconds(window)).map(inMicros);
  const windows = [window, ...before];
  // One after the other: each is a scan of the store, and others ask it too.
  const means = await readSeriesMeans(hub.store.samples, machineIds, windows);
  const processes = processRows(await summarizeSpans(hub, wanted, windows));
  const spans = windows.map(inSeconds);
  const values = joined(means.values, processes.values);
  const enough = rowsThatTell(values, spans.length);
  const found = await hub.analysis.ask("compare", {
    spans,
    values,
    isCount: Uint8Array.from([
      ...means.series.map(() => 0),
      ...processes.rows.map(({ what }) => (isCount(what) ? 1 : 0)),
    ]),
  });
  const ofSeries = found.filter(({ series }) => series < means.series.length);
  const ofProcesses = found
    .filter(({ series }) => series >= means.series.length)
    .map((difference) => ({ difference, row: processes.rows[difference.series - means.series.length]! }));
  const toldProcesses = await presentProcesses(hub, ofProcesses.slice(0, mostTold));
  const answer = {
    window: toInstants(window),
    before: before.map(toInstants),
    series: ofSeries.slice(0, mostTold).map((one) => presentSeries(hub, means.series[one.series]!, one)),
    processes: toldProcesses,
    comparedSeries: means.series.filter((_, row) => enough[row]).length,
    comparedProcesses: new Set(
      processes.rows
        .filter((_, row) => enough[means.series.length + row])
        .map(({ place }) => placeKey(place)),
    ).size,
  };
  return { ...answer, text: differencesText(answer, locale) };
}

/** Up to now: what is still to come differs from everything. */
function readPast(hub: Hub, query: Query): MicrosWindow {
  const now = hub.clock.now();
  const { from, to } = readWindow(query, now, hour);
  if (from >= now) throw new ProblemError("invalid-request", "the window lies in the future");
  const window = { from, to: Math.min(to, now) };
  if (window.to - window.from > longest)
    throw new ProblemError("limit-exceeded", "a window of more than 31 days is not compared", { limit: 31 });
  return window;
}

/** One window's runs at a time, so that a long one needs no more memory than any other answer about it. */
async function summarizeSpans(
  hub: Hub,
  machineIds: readonly number[] | undefined,
  windows: readonly MicrosWindow[],
): Promise<SpanSummary[][]> {
  await hub.normals.latest();
  const now = hub.clock.now();
  const found: SpanSummary[][] = [];
  for (const window of windows) {
    const filter = { ...window, stepId: 0, ...(machineIds ? { machineIds } : {}) };
    const columns = await hub.store.executions.columns(filter, hub.normals.mostRows);
    found.push(
      columns.length === 0
        ? []
        : await hub.analysis.ask("span", { columns, now, window }, buffersOf(columns)),
    );
  }
  return found;
}

/** Those with a value and enough to compare it with. */
function rowsThatTell(values: Float64Array, columns: number): boolean[] {
  return Array.from({ length: values.length / columns }, (_, row) => {
    const [value, ...before] = values.subarray(row * columns, (row + 1) * columns);
    return !Number.isNaN(value) && before.filter((one) => !Number.isNaN(one)).length >= leastReferences;
  });
}

function presentSeries(
  { fleet }: Hub,
  { machineId, description }: SeriesMeans["series"][number],
  { value, usual, score, q }: Difference,
): Differences["series"][number] {
  return {
    machine: fleet.name(machineId),
    machineId: publicId("m", machineId),
    metric: description.metric,
    attributes: description.attributes,
    unit: servedUnit(description),
    value,
    usual,
    score,
    q,
  };
}

async function presentProcesses(
  hub: Hub,
  found: readonly { difference: Difference; row: ProcessRows["rows"][number] }[],
): Promise<Differences["processes"]> {
  const named = await namesOf(
    hub,
    found.map(({ row }) => row.place.processId),
  );
  return found.map(({ difference: { value, usual, score, q }, row: { place, what } }) => ({
    ...named(place),
    what,
    value,
    usual,
    score,
    q,
  }));
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

const placeKey = ({ machineId, processId }: Place): string => `${machineId}/${processId}`;
const inSeconds = ({ from, to }: MicrosWindow) => ({
  from: from / microsPerSecond,
  to: to / microsPerSecond,
});
const inMicros = ({ from, to }: MicrosWindow) => ({
  from: Math.round(from * microsPerSecond),
  to: Math.round(to * microsPerSecond),
});
const toInstants = ({ from, to }: MicrosWindow) => ({ from: formatInstant(from), to: formatInstant(to) });
