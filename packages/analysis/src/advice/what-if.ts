/**
 * What moves would gain or cost. The replay is linear in the rates once the new lengths are known, saved = sum of rate x
 * overlap that goes away, so the interval of a sum follows from those of the rates by the method of variance estimates
 * recovery (Zou & Donner 2008), which keeps them asymmetric, with the standard error of the days added. Of a pair that was
 * not found, what others suggest counts as a loss where the two come together, never as a gain where they part.
 * Where load is measured, the replay under load (load-replay.ts) has what it explains, and the pairs what is left.
 */
import { Meetings } from "./meetings.ts";
import { day, reachWithin, type Plan } from "./plan.ts";
import { Rates, type Rate } from "./rates.ts";
import { LoadReplayer, type LoadReplay } from "./load-replay.ts";
import { lengthsThere, replay, type Knowledge, type Replay, type Term } from "./replay.ts";
import { BusyTimes, movedRuns, Scene, type GroupMove } from "./scene.ts";

/** Seconds in a day; `low` and `high` bound 95%; negative is a loss. */
export type Saving = { savingSeconds: number; low: number; high: number };

/** `lostSeconds`: to the others that are known to cost it, as the schedule is. */
export type MovedGroup = Saving & { group: number; lostSeconds: number };

/** `groups`: those that gain or lose, the largest first. */
export type Prediction = Saving & { groups: MovedGroup[] };

/** What is known of a plan, for many questions. */
export class Predictor {
  readonly plan: Plan;
  readonly #busy: BusyTimes;
  readonly #rates: Rates;
  readonly #meetings: Meetings;
  readonly #reach: (machine: number, other: number) => boolean;
  readonly #load: LoadReplayer | null;

  constructor(plan: Plan) {
    this.plan = plan;
    this.#busy = new BusyTimes(plan);
    this.#rates = new Rates(plan.rates);
    this.#meetings = new Meetings(plan);
    this.#reach = reachWithin(plan.sharedBy);
    this.#load = plan.measured && new LoadReplayer(plan, plan.measured);
  }

  /** What its answers have taken so far: some 20 ns each. */
  get effort(): number {
    return this.#load?.effort ?? 0;
  }

  /** Throws RangeError for a group that is not in the plan. */
  predict(moves: readonly GroupMove[]): Prediction {
    const days = this.plan.span / day;
    const scene = this.#scene(moves);
    const byGroup = new Map<number, Replayed[]>();
    for (const one of this.#load?.replay(scene.shifts) ?? []) byGroup.set(one.group, [one]);
    for (const group of this.#affected(scene)) {
      const of = this.#termsOf(group, scene);
      if (of.length === 0) continue;
      const one = { of, ...replay(this.plan, group, scene.shiftOf(group), of) };
      byGroup.set(group, [...(byGroup.get(group) ?? []), one]);
    }
    const unsure = Math.max(0, ...scene.moved.map((group) => this.#load?.demandError(group) ?? 0));
    const groups = [...byGroup]
      .map(([group, replays]) => ({
        group,
        lostSeconds: replays.reduce((sum, { lost }) => sum + lost, 0) / days,
        ...saving(replays, days, unsure),
      }))
      .filter(({ savingSeconds }) => savingSeconds !== 0)
      .toSorted((a, b) => Math.abs(b.savingSeconds) - Math.abs(a.savingSeconds));
    return { ...saving([...byGroup.values()].flat(), days, unsure), groups };
  }

  /** The plan as it would be: what was moved, and what takes another time because of it. */
  applied(moves: readonly GroupMove[]): Plan {
    const { plan } = this;
    const scene = this.#scene(moves);
    const byLoad = new Map(this.#load?.replay(scene.shifts).map(({ group, lengths }) => [group, lengths]));
    const runs = [...plan.runs];
    for (const group of new Set([...this.#affected(scene), ...byLoad.keys()])) {
      const { start, end } = runs[group]!;
      const shift = scene.shiftOf(group);
      const lengths = lengthsThere(plan, group, shift, this.#termsOf(group, scene));
      const measured = byLoad.get(group);
      const both = measured ? lengths.map((one, i) => one + measured[i]! - (end[i]! - start[i]!)) : lengths;
      runs[group] = movedRuns(
        plan,
        runs[group]!,
        both.map((one) => Math.max(0, one)),
        shift,
      );
    }
    return { ...plan, runs };
  }

  #scene(moves: readonly GroupMove[]): Scene {
    for (const { group } of moves)
      if (this.plan.runs[group] === undefined) throw new RangeError(`there is no group ${group}`);
    const scene = new Scene(this.#busy, moves);
    for (const group of scene.moved) {
      const terms = this.#termsOf(group, scene);
      scene.setLengths(group, lengthsThere(this.plan, group, scene.shiftOf(group), terms));
    }
    return scene;
  }

  /** The moved ones, and all whose neighbours move. */
  #affected(scene: Scene): Set<number> {
    const { machine, runs } = this.plan;
    const affected = new Set(scene.moved);
    for (const suspect of scene.moved)
      for (const group of runs.keys())
        if (this.#reach(machine[suspect]!, machine[group]!)) affected.add(group);
    return affected;
  }

  #termsOf(group: number, scene: Scene): Term[] {
    const { machine, runs } = this.plan;
    const known = this.#rates.suspectsOf(group);
    const terms = [...known].map(([suspect, rate]) => termOf(scene, suspect, rate, "found"));
    const movers = scene.moved;
    // Where load is measured, strangers are none: what they ask for is known.
    const isMeasured = (this.plan.measured?.sensitivities[group]?.length ?? 0) > 0;
    const strangers = movers.includes(group) ? runs.keys() : movers;
    for (const suspect of strangers) {
      if (suspect === group || known.has(suspect)) continue;
      if (!this.#reach(machine[suspect]!, machine[group]!)) continue;
      const knowledge = this.#rates.isCulprit(suspect) ? "pooled" : "stranger";
      if (knowledge === "stranger" && isMeasured) continue;
      const rate = this.#unfound(group, suspect, scene);
      if (rate.high > 0) terms.push(termOf(scene, suspect, rate, knowledge));
    }
    return terms;
  }

  #unfound(victim: number, suspect: number, scene: Scene): Rate {
    const mostCost = this.#meetings.mostCost(victim, scene.before(suspect));
    return this.#rates.unfound(victim, suspect, mostCost, this.#reachable(suspect));
  }

  #reachable(suspect: number): number {
    const { machine } = this.plan;
    return machine.reduce((count, one) => count + (this.#reach(machine[suspect]!, one) ? 1 : 0), -1);
  }
}

const termOf = (scene: Scene, suspect: number, rate: Rate, knowledge: Knowledge): Term => ({
  rate,
  knowledge,
  before: scene.before(suspect),
  after: scene.after(suspect),
});

/** By pairs, with their terms; or by load. */
type Replayed = Pick<Replay, "lost" | "saved" | "savedByDay"> &
  ({ of: readonly Term[]; overlapGone: Float64Array } | Pick<LoadReplay, "relative" | "changed">);

/** What a model of loads and speeds leaves out, of each gain and each loss. */
const modelError = 0.05;

/** `unsure`: relative error of what the moved ones ask for, the same for all who meet them. */
function saving(replays: readonly Replayed[], days: number, unsure: number): Saving {
  let saved = 0;
  let byLoad = 0;
  let below = 0;
  let above = 0;
  const stranger = { below: 0, above: 0 };
  const byDay = new Float64Array(days);
  for (const one of replays) {
    saved += one.saved;
    for (let k = 0; k < days; k++) byDay[k]! += one.savedByDay[k]!;
    if ("relative" in one) {
      const error = (1.96 * Math.hypot(one.relative * one.saved, modelError * one.changed)) / days;
      below += error ** 2;
      above += error ** 2;
      byLoad += one.saved / days;
      continue;
    }
    const { of, overlapGone } = one;
    for (const [t, { rate, knowledge }] of of.entries()) {
      const gone = overlapGone[t]! / days;
      if (knowledge === "pooled") saved += rate.perSecond * Math.min(0, overlapGone[t]!);
      const [less, more] = [gone * (rate.perSecond - rate.low), gone * (rate.high - rate.perSecond)];
      const [down, up] = gone > 0 ? [less, more] : [-more, -less];
      if (knowledge === "stranger") {
        // Hardly any of them is a culprit, and two at once are not.
        stranger.below = Math.max(stranger.below, down);
        stranger.above = Math.max(stranger.above, up);
      } else {
        below += down ** 2;
        above += up ** 2;
      }
    }
  }
  const common = (1.96 * unsure * byLoad) ** 2 + (1.96 * standardError(byDay)) ** 2;
  const savingSeconds = saved / days;
  return {
    savingSeconds,
    low: savingSeconds - Math.sqrt(below + stranger.below ** 2 + common),
    high: savingSeconds + Math.sqrt(above + stranger.above ** 2 + common),
  };
}

/** Of the mean of the days; a single day tells nothing of others. */
function standardError(byDay: Float64Array): number {
  const count = byDay.length;
  if (count < 2) return 0;
  let mean = 0;
  for (const value of byDay) mean += value / count;
  let squares = 0;
  for (const value of byDay) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (count - 1) / count);
}
