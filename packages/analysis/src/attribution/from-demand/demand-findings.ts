/**
 * Who is a culprit by measured demand: what it took where others waited cost them seconds, surely more than none, at two
 * victims that by themselves show that they suffer there (or at one, far beyond doubt), and a part of all such seconds that
 * is worth a move. Errors of victims are independent, those of the culprit's demand and of the load are common to all.
 */
import { busyBetween, busyTime, type BusyTime } from "../../busy.ts";
import type { Cost, DemandModel } from "./demand-model.ts";
import type { Evidence } from "../evidence.ts";
import { falseDiscoveryRates, upperTail } from "../from-log/false-discovery.ts";
import type { CulpritFinding, VictimFinding } from "../findings.ts";
import { soundRuns, type SoundRuns } from "../sound-runs.ts";

const rate = 0.01;
const victimScore = 2;
const beyondDoubt = 5;
/** A cause of less than this part of all that was lost to others is not worth anybody's time. */
const leastPart = 0.015;
/** A victim that bears less than this part of what a culprit caused is no witness. */
const leastOf = 0.01;
const deviations = 1.96;
/** Of a loss, by a load that is wrong by a few percent. */
const loadError = 0.05;
const exposedShare = 0.05;

/** Most caused seconds first. */
export function culpritsByDemand(model: DemandModel, evidence: Evidence): CulpritFinding[] {
  const { process } = evidence.groups;
  const shown = new Shown(model);
  const costs = model.costs.filter(({ victim, suspect }) => process[victim] !== process[suspect]);
  const all = costs.reduce((sum, { seconds }) => sum + seconds, 0);
  const byProcess = new Map<number, Cost[]>();
  for (const cost of costs) {
    const own = byProcess.get(process[cost.suspect]!);
    if (own) own.push(cost);
    else byProcess.set(process[cost.suspect]!, [cost]);
  }
  const found = [...byProcess].flatMap(([culprit, own]) => {
    const total = totalOf(model, own);
    const plain = own.filter(
      (cost) =>
        shown.rate(cost) <= rate && shown.score(cost) > victimScore && cost.seconds > leastOf * total.seconds,
    );
    const victims = new Set(plain.map(({ victim }) => victim));
    const sure = victims.size >= 2 || plain.some((cost) => shown.score(cost) > beyondDoubt);
    return sure && total.low > 0 && total.seconds >= leastPart * all ? [{ culprit, own, total }] : [];
  });
  if (found.length === 0) return [];
  const runs = soundRuns(evidence.log, process.length);
  return found
    .map(({ culprit, own, total: { seconds, low, high } }) => ({
      process: culprit,
      causedSeconds: seconds,
      low,
      high,
      victims: victimsOf(model, own, runs, shown),
      basis: "samples" as const,
    }))
    .toSorted((a, b) => b.causedSeconds - a.causedSeconds);
}

/** How well each victim's own runs show that it suffers at a place. */
class Shown {
  readonly #scores = new Map<string, number>();
  readonly #rates = new Map<string, number>();

  constructor({ sensitivities }: DemandModel) {
    for (const [victim, all] of sensitivities.entries())
      for (const { place, z, contended } of all) if (contended > 0) this.#scores.set(`${victim} ${place}`, z);
    const rates = falseDiscoveryRates(Float64Array.from(this.#scores.values(), upperTail));
    for (const [k, key] of [...this.#scores.keys()].entries()) this.#rates.set(key, rates[k]!);
  }

  score({ victim, place }: Cost): number {
    return this.#scores.get(`${victim} ${place}`) ?? 0;
  }

  rate({ victim, place }: Cost): number {
    return this.#rates.get(`${victim} ${place}`) ?? 1;
  }
}

type Total = { seconds: number; low: number; high: number };

function totalOf(model: DemandModel, costs: readonly Cost[]): Total {
  const seconds = costs.reduce((sum, cost) => sum + cost.seconds, 0);
  const byDemand = costs.reduce((sum, cost) => sum + cost.seconds * demandError(model, cost), 0);
  const error = Math.hypot(...costs.map((cost) => cost.error), byDemand, loadError * seconds);
  return { seconds, low: Math.max(0, seconds - deviations * error), high: seconds + deviations * error };
}

/** Relative. */
function demandError({ places }: DemandModel, { place, suspect }: Cost): number {
  const { groups, demand, error } = places[place]!;
  const position = groups.indexOf(suspect);
  return demand[position]! > 0 ? error[position]! / demand[position]! : 1;
}

function victimsOf(
  model: DemandModel,
  costs: readonly Cost[],
  runs: SoundRuns,
  shown: Shown,
): VictimFinding[] {
  const suspects = new Set(costs.map(({ suspect }) => suspect));
  const victims = [...new Set(costs.map(({ victim }) => victim))];
  const found = victims.map((group) => {
    const own = costs.filter(({ victim }) => victim === group);
    const near = new Set(own.map(({ suspect }) => suspect));
    const busy = busyOf(runs, suspects.size === near.size ? suspects : near);
    const total = totalOf(model, own);
    const beside = secondsBeside(runs, group, busy);
    const { start, plannedSeconds, relative } = model.witnesses[group]!;
    const isExposed = (_: number, i: number): boolean =>
      busyBetween(busy, start[i]!, start[i]! + plannedSeconds) > exposedShare * plannedSeconds;
    const exposed = relative.filter(isExposed);
    const unexposed = relative.filter((value, i) => !isExposed(value, i));
    return {
      group,
      ...total,
      slowdownPerSecond: beside > 0 ? total.seconds / beside : 0,
      exposedRuns: exposed.length,
      unexposedRuns: unexposed.length,
      q: Math.min(...own.map((cost) => shown.rate(cost))),
      exposed,
      unexposed,
    };
  });
  return found.toSorted((a, b) => b.seconds - a.seconds);
}

function busyOf(runs: SoundRuns, groups: ReadonlySet<number>): BusyTime {
  const is = (_: number, i: number): boolean => groups.has(runs.group[i]!);
  return busyTime(runs.start.filter(is), runs.end.filter(is));
}

function secondsBeside({ start, end, group, timed }: SoundRuns, victim: number, busy: BusyTime): number {
  let sum = 0;
  for (let i = 0; i < start.length; i++) {
    if (group[i] !== victim || !timed[i]) continue;
    sum += Math.min(end[i]! - start[i]!, busyBetween(busy, start[i]!, end[i]!));
  }
  return sum;
}
