/**
 * What one run lost, and to whom, instant by instant over its window: where a resource it needs is contended it loses speed
 * by its sensitivity, and the others there did so in proportion to what they take.
 */
import type { Contention } from "./contention.ts";
import { partTogether } from "./demand-victims.ts";
import type { DemandModel, VictimSensitivity } from "./demand-model.ts";
import type { Evidence } from "../evidence.ts";
import { contentionAt, localGroups, runDemands } from "./place-history.ts";
import type { Place } from "./places.ts";
import { soundRuns, type SoundRuns } from "../sound-runs.ts";
import { integrate, samplesWithin } from "./window-losses.ts";

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
    const within = samplesWithin(evidence, place.machine, from, to);
    const contention = contentionAt(within, place, near);
    const samples = within.samples[place.machine]?.at.length ?? 0;
    return lossesAt(contention, place, sensitivity, near, evidence, run, loadErrorOf(place, samples));
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
  evidence: Evidence,
  run: number,
  loadError: number,
): PlaceLosses {
  const { log, groups } = evidence;
  const local = localGroups(place, groups.machine.length);
  const asks = runDemands(evidence, place);
  const own = local[log.group[run]!]!;
  const ownDemand = own >= 0 ? asks(run, own) : 0;
  const { warp, unlogged, host, lost, slack, doubt } = integrate(
    contention,
    log.start[run]!,
    log.end[run]!,
    sensitivity.value,
    ownDemand,
    loadError,
  );
  const byRow = new Map<number, number>();
  const byGroup = new Map<number, number>();
  for (let i = 0; i < near.row.length; i++) {
    const row = near.row[i]!;
    const position = local[near.group[i]!]!;
    if (row === run || position < 0) continue;
    const seconds = asks(row, position) * (warp(near.end[i]!) - warp(near.start[i]!));
    if (!(seconds > 0)) continue;
    byRow.set(row, seconds);
    byGroup.set(near.group[i]!, (byGroup.get(near.group[i]!) ?? 0) + seconds);
  }
  const all = lost;
  // Its sensitivity, how sure the load is, and how much of it is anybody's: none of what is in doubt or all, one as likely as
  // the other, which spreads evenly. And each one's demand against the others'.
  const common = Math.hypot(
    sensitivity.error / Math.max(sensitivity.value, 0.05),
    slack,
    doubt / Math.sqrt(12),
  );
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

/** What is wrong with all samples alike. */
const leastLoadError = 0.01;

/** Of the load over a window: the fewer samples, the more each counts; a median's variance is pi / 2 of the mean's. */
function loadErrorOf({ meter }: Place, samples: number): number {
  return Math.hypot(leastLoadError, meter.scatter * Math.sqrt(Math.PI / 2 / Math.max(1, samples)));
}

const unloggedError = 0.15;
/** What is not known of how much more or less than usual one run asked for. */
const runSwing = 0.07;

function relativeError({ demand, error }: Place, position: number): number {
  return demand[position]! > 0 ? Math.min(1, Math.hypot(error[position]! / demand[position]!, runSwing)) : 1;
}

function add(losses: LostSeconds[], loss: LostSeconds, part: number): void {
  const same = losses.find(({ cause, group }) => cause === loss.cause && group === loss.group);
  if (same) {
    same.seconds += loss.seconds * part;
    same.error = Math.hypot(same.error, loss.error * part);
  } else losses.push({ ...loss, seconds: loss.seconds * part, error: loss.error * part });
}
