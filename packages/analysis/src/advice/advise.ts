/**
 * What to move: greedy, the most certain gain first, each computed as if the moves before it were done. Many shifts are
 * looked at by the prices of times, the few best are predicted in full; of those about equally good the smallest wins.
 */
import { newestStart, type Plan } from "./plan.ts";
import { Prices, stepSeconds } from "./price.ts";
import { isFitting, shiftedTimes, timetableOf, type Timetable } from "./timetable.ts";
import { Predictor, type Prediction, type Saving } from "./what-if.ts";

export type Advice = Prediction & {
  group: number;
  shiftSeconds: number;
  /** Seconds after local midnight. */
  startsNow: number[];
  startsThen: number[];
};

export type AdviceRules = {
  /** Pieces of advice. */
  most: number;
  /** Groups that are tried, those with most at stake. */
  mostTried: number;
  /** Seconds in a day; less is not worth a change. */
  leastSaving: number;
  /** No more is tried once the predictions have taken so much (`Predictor.effort`): on a machine that a million runs crowd. */
  mostEffort: number;
  /** A smaller shift is taken if it gains this share of the best. */
  nearlyAsGood: number;
};

export const adviceRules: AdviceRules = {
  most: 10,
  mostTried: 24,
  leastSaving: 10,
  mostEffort: 1e9,
  nearlyAsGood: 0.9,
};

/** `zones`: by machine, IANA names. `movable`: 0 for groups that are not to be moved. */
export type AdviceSurroundings = { zones: readonly string[]; movable?: Uint8Array };

export function advise(plan: Plan, surroundings: AdviceSurroundings, rules = adviceRules): Advice[] {
  const timetables = movableGroups(plan, surroundings, rules);
  const given: Advice[] = [];
  let predictor = new Predictor(plan);
  let prices = new Prices(plan);
  let spent = 0;
  const isSpent = (): boolean => spent + predictor.effort > rules.mostEffort;
  let open = [...timetables].flatMap(([group, timetable]) => {
    const move = isSpent() ? null : bestMove(predictor, prices, group, timetable, rules);
    return move ? [{ ...move, after: 0 }] : [];
  });
  // A move gains less once others are done, so that of those computed before them only the first need be computed anew.
  while (given.length < rules.most && open.length > 0) {
    open.sort((a, b) => b.savingSeconds - a.savingSeconds || a.group - b.group);
    const [first, ...others] = open;
    open = others;
    const { group, shiftSeconds, after } = first!;
    const timetable = timetables.get(group)!;
    if (after < given.length) {
      if (isSpent()) break;
      const again = bestMove(predictor, prices, group, timetable, rules);
      if (again) open.push({ ...again, after: given.length });
      continue;
    }
    const prediction = predictor.predict([{ group, shiftSeconds }]);
    if (!isWorthwhile(prediction, rules)) continue;
    const startsThen = shiftedTimes(timetable, shiftSeconds);
    given.push({ group, shiftSeconds, startsNow: timetable.times, startsThen, ...prediction });
    const done = predictor.applied([{ group, shiftSeconds }]);
    spent += predictor.effort;
    predictor = new Predictor(done);
    prices = new Prices(done);
  }
  return given;
}

/** Of those known to cost others something, or to lose, the ones with a schedule; the most seconds first. */
function movableGroups(
  plan: Plan,
  { zones, movable }: AdviceSurroundings,
  { mostTried }: AdviceRules,
): Map<number, Timetable> {
  const prices = new Prices(plan);
  const known = new Set(
    [...plan.rates, ...(plan.measured?.costs ?? [])].flatMap(({ victim, suspect }) => [victim, suspect]),
  );
  const groups = [...known]
    .filter((group) => movable?.[group] !== 0)
    .map((group) => ({ group, stake: prices.costs(group, [0])[0]! }))
    .toSorted((a, b) => b.stake - a.stake || a.group - b.group);
  const newest = newestStart(plan);
  const timetables = new Map<number, Timetable>();
  for (const { group } of groups) {
    if (timetables.size === mostTried) break;
    const zone = zones[plan.machine[group]!] ?? "UTC";
    const timetable = timetableOf(plan.runs[group]!.start, zone, newest);
    if (timetable) timetables.set(group, timetable);
  }
  return timetables;
}

const isWorthwhile = ({ low, savingSeconds }: Saving, { leastSaving }: AdviceRules): boolean =>
  low > 0 && savingSeconds >= leastSaving;

type Candidate = Saving & { group: number; shiftSeconds: number };

function bestMove(
  predictor: Predictor,
  prices: Prices,
  group: number,
  timetable: Timetable,
  rules: AdviceRules,
): Candidate | null {
  let best: Candidate | null = null;
  for (const shiftSeconds of promisingShifts(prices, group, timetable)) {
    const { savingSeconds, low, high } = predictor.predict([{ group, shiftSeconds }]);
    // From the smallest shift up: a larger one must be worth more.
    if (!isWorthwhile({ savingSeconds, low, high }, rules)) continue;
    if (best && low * rules.nearlyAsGood <= best.low) continue;
    best = { group, shiftSeconds, savingSeconds, low, high };
  }
  return best;
}

/** Of all shifts a few that gain much by the prices of times: the smallest for each part of the best gain. */
function promisingShifts(prices: Prices, group: number, timetable: Timetable): number[] {
  const shifts = Array.from({ length: 2 * stepsEachWay + 1 }, (_, at) => (at - stepsEachWay) * stepSeconds)
    .filter((shift) => isFitting(timetable, shift))
    .toSorted((a, b) => Math.abs(a) - Math.abs(b) || a - b);
  const [now, ...costs] = prices.costs(group, [0, ...shifts]);
  const gains = costs.map((cost) => now! - cost);
  const highest = Math.max(0, ...gains);
  if (highest === 0) return [];
  return [
    ...new Set(partsOfBest.map((part) => shifts[gains.findIndex((gain) => gain >= part * highest)]!)),
  ].toSorted((a, b) => Math.abs(a) - Math.abs(b));
}

/** Half a day. */
const stepsEachWay = (12 * 3600) / stepSeconds;
const partsOfBest = [0.8, 0.93, 1];
