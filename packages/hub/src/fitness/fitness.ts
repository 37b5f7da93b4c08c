/** Whether new work should be placed on machines: the trend of their benchmarks, their like, and how busy they are. */
import {
  formatInstant,
  microsPerSecond,
  type BenchmarkTrend,
  type Fitness,
  type Micros,
} from "@culprit/protocol";
import type { Locale } from "../answers/why-text.ts";
import type { Hub } from "../context.ts";
import { zoneOf } from "../fleet/zone.ts";
import { publicId } from "../public-ids.ts";
import type { MachineRow, ScoreColumns } from "../store/store.ts";
import { fitnessText, reasonText } from "./fitness-text.ts";
import { readLoads } from "./load.ts";
import { isRecent, judgeTrend, reasonsOf, stateOf, type JudgedTrend } from "./reasons.ts";
import { newestOf, type ScoreTrend } from "./trends.ts";

/** Of some machines, in their order. */
export async function fitnessOf(hub: Hub, rows: readonly MachineRow[], locale: Locale): Promise<Fitness[]> {
  const now = hub.clock.now();
  const ids = rows.map(({ machineId }) => machineId);
  const alike = groupsAlike(hub.fleet.all());
  const peersOf = (row: MachineRow) =>
    (alike.get(kindOf(row)) ?? []).filter((machineId) => machineId !== row.machineId);
  const [trends, loads] = await Promise.all([
    hub.trends.of([...new Set([...ids, ...rows.flatMap(peersOf)])]),
    readLoads(hub.store.samples, ids, now),
  ]);
  return rows.map((row) => {
    const others = peersOf(row).flatMap((machineId) => trends.get(machineId) ?? []);
    const judged = trends
      .get(row.machineId)!
      .map((trend) => judgeTrend(trend, levelsLike(trend, others, now), now));
    const { state } = hub.health.of(row, hub.channels.connected(row.machineId));
    const online = state === "online" || state === "late";
    const reasons = reasonsOf(judged, loads.get(row.machineId)!, online);
    const zone = zoneOf(row);
    const machine = row.name;
    return {
      machine,
      machineId: publicId("m", row.machineId),
      state: stateOf(reasons),
      reasons: reasons.map((reason) => ({ code: reason.code, text: reasonText(reason, locale, zone) })),
      benchmarks: judged.map(presentTrend),
      text: fitnessText({ machine, reasons, measured: judged.length > 0 }, locale, zone),
    };
  });
}

const longestHistory = 366 * 86_400 * microsPerSecond;

/** Of one machine, with all its scores. */
export async function fitnessWithHistory(hub: Hub, row: MachineRow, locale: Locale): Promise<Fitness> {
  const [fitness] = await fitnessOf(hub, [row], locale);
  const columns = await hub.store.benchmarks.scores([row.machineId], hub.clock.now() - longestHistory);
  return { ...fitness!, benchmarks: fitness!.benchmarks.map((trend) => withScores(trend, columns)) };
}

/** With its history, by what measured last. */
export function withScores(trend: BenchmarkTrend, columns: readonly ScoreColumns[]): BenchmarkTrend {
  const scores = newestOf(columns, trend.benchmark);
  if (!scores) return trend;
  const times = Array.from(scores.at, (instant) => Math.round(instant / 1000));
  return { ...trend, history: { times, values: [...scores.value] } };
}

/** Machines that should be as fast as each other. */
function groupsAlike(rows: readonly MachineRow[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    if (row.computer === null) continue;
    const group = groups.get(kindOf(row));
    if (group) group.push(row.machineId);
    else groups.set(kindOf(row), [row.machineId]);
  }
  return groups;
}

function kindOf({ computer }: MachineRow): string {
  return computer === null ? "" : `${computer.cpuCores} ${computer.cpuModel}`;
}

function levelsLike(
  { benchmark, instrument }: ScoreTrend,
  others: readonly ScoreTrend[],
  now: Micros,
): number[] {
  return others
    .filter(
      (other) => other.benchmark === benchmark && other.instrument === instrument && isRecent(other, now),
    )
    .map(({ levels }) => levels.at(-1)!.value);
}

export function presentTrend({ trend, usual, slowdown, peers }: JudgedTrend): BenchmarkTrend {
  const { benchmark, unit, instrument, latest, latestAt, runs, levels } = trend;
  return {
    benchmark,
    unit,
    instrument,
    latest,
    latestAt: formatInstant(latestAt),
    runs,
    usual,
    ratio: levels.at(-1)!.value / usual,
    changedAt: slowdown && formatInstant(Math.round(slowdown.since * microsPerSecond)),
    peers: peers && { machines: peers.others, ratio: peers.ratio },
  };
}
