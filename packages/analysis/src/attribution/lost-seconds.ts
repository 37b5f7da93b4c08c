/**
 * What one run lost, and to whom, instant by instant over its window: where a resource it needs is contended it loses speed
 * by its sensitivity, and the others there did so in proportion to what they take.
 */
import { loadOf, type Contention } from "./contention.ts";
import { partTogether } from "./demand-victims.ts";
import type { DemandModel, VictimSensitivity } from "./demand-model.ts";
import { lowerBound } from "../busy.ts";
import type { Evidence, MachineSamples } from "./evidence.ts";
import { stretchOf } from "./lost-speed.ts";
import { contentionAt, localGroups } from "./place-history.ts";
import type { Place } from "./places.ts";
import { soundRuns, type SoundRuns } from "./sound-runs.ts";

/** Seconds; `error`: one standard deviation. `group`: whose doing it was. */
export type LostSeconds = {
  cause: "group" | "unlogged" | "host";
  group: number;
  seconds: number;
  error: number;
};

export type RunLosses = {
  losses: LostSeconds[];
  /** By run of the evidence, seconds. */
  blamed: Float64Array;
};

/** Samples stand for the time before them, so what ran shortly before and after the run counts as well. */
const margin = 60;

/** `evidence`: at least all runs that touch the run's window. Null where the model does not know the run's group. */
export function lostSeconds(model: DemandModel, evidence: Evidence, run: number): RunLosses | null {
  const { log, groups } = evidence;
  const group = log.group[run]!;
  const sensitivities = model.sensitivities[group];
  if (!sensitivities) return null;
  const from = log.start[run]!;
  const to = log.end[run]!;
  const near = soundRuns(
    log,
    groups.machine.length,
    (row) => log.start[row]! < to + margin && !(log.end[row]! < from - margin),
  );
  const blamed = new Float64Array(log.start.length);
  const parts = sensitivities.map((sensitivity) => {
    const place = model.places[sensitivity.place]!;
    const contention = contentionAt(slice(evidence, place.machine, from, to), place, near);
    return lossesAt(contention, place, sensitivity, near, evidence, run);
  });
  const shares = parts.map(({ seconds }) => seconds / (to - from));
  const together = partTogether(shares);
  // Or else it waited only for the scarcest.
  const scarcest =
    Math.max(0, ...shares) /
    Math.max(
      1e-9,
      shares.reduce((sum, share) => sum + share, 0),
    );
  const doubt = 1 - Math.min(1, scarcest / together);
  const losses: LostSeconds[] = [];
  for (const part of parts) {
    for (const loss of part.losses)
      add(losses, { ...loss, error: Math.hypot(loss.error, doubt * loss.seconds) }, together);
    for (const [row, seconds] of part.byRow) blamed[row]! += seconds * together;
  }
  return { losses, blamed };
}

type PlaceLosses = { seconds: number; losses: LostSeconds[]; byRow: Map<number, number> };

function lossesAt(
  contention: Contention,
  place: Place,
  sensitivity: VictimSensitivity,
  near: SoundRuns,
  { log, groups }: Evidence,
  run: number,
): PlaceLosses {
  const local = localGroups(place, groups.machine.length);
  const own = local[log.group[run]!]!;
  const ownDemand = own >= 0 ? place.demand[own]! : 0;
  const { warp, unlogged, host, lost, slack } = integrate(
    contention,
    log.start[run]!,
    log.end[run]!,
    sensitivity.value,
    ownDemand,
  );
  const byRow = new Map<number, number>();
  const byGroup = new Map<number, number>();
  for (let i = 0; i < near.row.length; i++) {
    const row = near.row[i]!;
    const position = local[near.group[i]!]!;
    if (row === run || position < 0) continue;
    const seconds = place.demand[position]! * (warp(near.end[i]!) - warp(near.start[i]!));
    if (!(seconds > 0)) continue;
    byRow.set(row, seconds);
    byGroup.set(near.group[i]!, (byGroup.get(near.group[i]!) ?? 0) + seconds);
  }
  const all = lost;
  // Its sensitivity, how sure the load is, and each one's demand against the others'.
  const common = Math.hypot(sensitivity.error / Math.max(sensitivity.value, 0.05), slack);
  let demandVariance = 0;
  for (const [group, seconds] of byGroup)
    demandVariance += (seconds * relativeError(place, local[group]!)) ** 2;
  const errorOf = (seconds: number, relative: number) => {
    const share = all > 0 ? seconds / all : 0;
    const others = Math.max(0, demandVariance - (seconds * relative) ** 2) / Math.max(all, 1e-9) ** 2;
    return seconds * Math.sqrt(common ** 2 + ((1 - share) * relative) ** 2 + others);
  };
  const losses: LostSeconds[] = Array.from(byGroup, ([group, seconds]) => ({
    cause: "group",
    group,
    seconds,
    error: errorOf(seconds, relativeError(place, local[group]!)),
  }));
  if (unlogged > 0)
    losses.push({ cause: "unlogged", group: -1, seconds: unlogged, error: errorOf(unlogged, unloggedError) });
  if (host > 0) losses.push({ cause: "host", group: -1, seconds: host, error: errorOf(host, unloggedError) });
  return { seconds: all, losses, byRow };
}

const unloggedError = 0.15;

function relativeError({ demand, error }: Place, position: number): number {
  return demand[position]! > 0 ? Math.min(1, error[position]! / demand[position]!) : 1;
}

type Integrals = {
  /** Seconds lost by each unit of demand until an instant. */
  warp: (instant: number) => number;
  unlogged: number;
  host: number;
  lost: number;
  /** Relative error of `lost` that a load wrong by a few percent makes. */
  slack: number;
};

const loadError = 0.01;

/** Over [from, to); the rates of `contention.ts`, with the run's own sensitivity, without its own demand. */
function integrate(
  contention: Contention,
  from: number,
  to: number,
  sensitivity: number,
  ownDemand: number,
): Integrals {
  const { demand, unlogged, stolen } = contention;
  const at: number[] = [];
  const rate: number[] = [];
  const before: number[] = [];
  const sums = { warp: 0, unlogged: 0, host: 0, lost: 0, slack: 0 };
  for (let k = 0; k < contention.from.length; k++) {
    const since = Math.max(from, contention.from[k]!);
    const seconds = Math.min(to, contention.to[k]!) - since;
    if (seconds <= 0) continue;
    const load = loadOf(demand[k]!, unlogged[k]!, stolen[k]!);
    const stretched = sensitivity * stretchOf(load);
    const lost = stretched / (1 + stretched);
    const others = demand[k]! - ownDemand + unlogged[k]! + stolen[k]!;
    if (!(others > 1e-6)) continue;
    at.push(since);
    rate.push(lost / others);
    before.push(sums.warp);
    sums.warp += (lost / others) * seconds;
    sums.unlogged += ((lost * unlogged[k]!) / others) * seconds;
    sums.host += ((lost * stolen[k]!) / others) * seconds;
    sums.lost += lost * seconds;
    sums.slack += ((sensitivity * load * loadError) / (1 + stretched) ** 2) * seconds;
  }
  const ends = contention.to;
  return {
    unlogged: sums.unlogged,
    host: sums.host,
    lost: sums.lost,
    slack: sums.lost > 0 ? Math.min(1, sums.slack / sums.lost) : 0,
    warp: (instant) => {
      let low = 0;
      let high = at.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (at[middle]! <= instant) low = middle + 1;
        else high = middle;
      }
      if (low === 0) return 0;
      const next = low < at.length ? before[low]! : sums.warp;
      return Math.min(next, before[low - 1]! + rate[low - 1]! * (instant - at[low - 1]!));
    },
  };
}

/**
 * The samples of the window: those that lie in it, because what ran before and after it need not be in the evidence; of a
 * window shorter than three of them, those that touch it.
 */
function slice(evidence: Evidence, machine: number, from: number, to: number): Evidence {
  const samples = evidence.samples[machine];
  if (!samples) return evidence;
  const { at, load, steal } = samples;
  const first = lowerBound(at, from);
  const last = Math.min(at.length, lowerBound(at, to) + 1);
  // The first one touching has begun before the window, and the last one ends after it.
  const inside = last - first >= 5 ? 1 : 0;
  const cut = { from: Math.max(0, first - 1 + 2 * inside), to: last - inside };
  const part: MachineSamples = {
    at: at.subarray(cut.from, cut.to),
    load: { cpu: load.cpu.subarray(cut.from, cut.to), io: load.io.subarray(cut.from, cut.to) },
    steal: steal.subarray(cut.from, cut.to),
  };
  return { ...evidence, samples: evidence.samples.map((one, m) => (m === machine ? part : one)) };
}

function add(losses: LostSeconds[], loss: LostSeconds, part: number): void {
  const same = losses.find(({ cause, group }) => cause === loss.cause && group === loss.group);
  if (same) {
    same.seconds += loss.seconds * part;
    same.error = Math.hypot(same.error, loss.error * part);
  } else losses.push({ ...loss, seconds: loss.seconds * part, error: loss.error * part });
}
