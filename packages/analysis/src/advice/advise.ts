/**
 * What to move: greedy, the most certain gain first, each computed as if the moves before it were done. Many shifts are
 * looked at by the profile of the day, the few best are predicted in full; of those about equally good the smallest wins.
 */
import { besideBySteps, secondsBeside, stepSeconds, stepsInDay, DayProfiles } from "./day-profile.ts";
import { reachWithin, type Plan } from "./plan.ts";
import { isFitting, shiftedTimes, timetableOf, type Timetable } from "./timetable.ts";
import { Predictor, type Prediction } from "./what-if.ts";

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
  /** A smaller shift is taken if it gains this share of the best. */
  nearlyAsGood: number;
  /** What a second beside a process that costs nothing so far is taken to cost: quiet times are better. */
  strangerRate: number;
};

export const adviceRules: AdviceRules = {
  most: 10,
  mostTried: 24,
  leastSaving: 10,
  nearlyAsGood: 0.9,
  strangerRate: 0.02,
};

/** `zones`: by machine, IANA names. `movable`: 0 for groups that are not to be moved. */
export type AdviceSurroundings = { zones: readonly string[]; movable?: Uint8Array };

export function advise(plan: Plan, { zones, movable }: AdviceSurroundings, rules = adviceRules): Advice[] {
  const now = plan.from + plan.span;
  const timetables = new Map<number, Timetable>();
  for (const group of atStake(plan, new DayProfiles(plan), rules)) {
    if (movable?.[group] === 0) continue;
    const zone = zones[plan.machine[group]!] ?? "UTC";
    const timetable = timetableOf(plan.runs[group]!.start, zone, now);
    if (timetable) timetables.set(group, timetable);
  }
  const given: Advice[] = [];
  const reach = reachWithin(plan.sharedBy);
  /** By group; those whose neighbours have changed are not in it. */
  const known = new Map<number, Advice | null>();
  let present = plan;
  while (given.length < rules.most) {
    const predictor = new Predictor(present);
    const profiles = new DayProfiles(present);
    for (const [group, timetable] of timetables)
      if (!known.has(group)) known.set(group, bestMove(predictor, profiles, group, timetable, rules));
    const best = [...known.values()]
      .filter((one) => one !== null)
      .toSorted((a, b) => b.savingSeconds - a.savingSeconds || a.group - b.group)[0];
    if (!best) break;
    given.push(best);
    timetables.delete(best.group);
    known.delete(best.group);
    present = predictor.applied([best]);
    for (const group of known.keys())
      if (reach(plan.machine[group]!, plan.machine[best.group]!)) known.delete(group);
  }
  return given;
}

/** Those known to cost others something, or to lose; the most seconds first. */
function atStake(plan: Plan, profiles: DayProfiles, { mostTried }: AdviceRules): number[] {
  const stake = new Map<number, number>();
  for (const { victim, suspect, perSecond } of plan.rates) {
    const seconds = perSecond * secondsBeside(profiles.of(suspect), profiles.of(victim));
    for (const group of [victim, suspect]) stake.set(group, (stake.get(group) ?? 0) + seconds);
  }
  const most = [...stake].toSorted(([a, one], [b, other]) => other - one || a - b);
  return most.slice(0, mostTried).map(([group]) => group);
}

function bestMove(
  predictor: Predictor,
  profiles: DayProfiles,
  group: number,
  timetable: Timetable,
  rules: AdviceRules,
): Advice | null {
  let best: Advice | null = null;
  for (const shiftSeconds of promisingShifts(predictor.plan, profiles, group, timetable, rules)) {
    const prediction = predictor.predict([{ group, shiftSeconds }]);
    if (prediction.low <= 0 || prediction.savingSeconds < rules.leastSaving) continue;
    // From the smallest shift up: a larger one must be worth more.
    if (best && prediction.low * rules.nearlyAsGood <= best.low) continue;
    best = {
      group,
      shiftSeconds,
      startsNow: timetable.times,
      startsThen: shiftedTimes(timetable, shiftSeconds),
      ...prediction,
    };
  }
  return best;
}

/** Of all shifts a few that gain much by the profile of the day: the smallest for each part of the best gain. */
function promisingShifts(
  plan: Plan,
  profiles: DayProfiles,
  group: number,
  timetable: Timetable,
  rules: AdviceRules,
): number[] {
  const gains = gainBySteps(plan, profiles, group, rules);
  const shifts = Array.from({ length: stepsInDay - 1 }, (_, at) => {
    const step = at + 1;
    return { step, seconds: (step <= stepsInDay / 2 ? step : step - stepsInDay) * stepSeconds };
  })
    .filter(({ seconds }) => isFitting(timetable, seconds))
    .toSorted((a, b) => Math.abs(a.seconds) - Math.abs(b.seconds) || a.seconds - b.seconds);
  const highest = Math.max(0, ...shifts.map(({ step }) => gains[step]!));
  if (highest === 0) return [];
  const chosen = partsOfBest.map(
    (part) => shifts.find(({ step }) => gains[step]! >= part * highest)!.seconds,
  );
  return [...new Set(chosen)].toSorted((a, b) => Math.abs(a) - Math.abs(b));
}

const partsOfBest = [0.75, 0.85, 0.92, 0.97, 1];

/** Seconds in a day that a move by so many steps gains, about. */
function gainBySteps(
  plan: Plan,
  profiles: DayProfiles,
  group: number,
  { strangerRate }: AdviceRules,
): Float64Array {
  const reach = reachWithin(plan.sharedBy);
  const cost = new Float64Array(stepsInDay);
  for (const other of plan.runs.keys()) {
    if (other === group || !reach(plan.machine[group]!, plan.machine[other]!)) continue;
    const rate = plan.rates
      .filter(({ victim, suspect }) =>
        victim === other ? suspect === group : victim === group && suspect === other,
      )
      .reduce((sum, { perSecond }) => sum + perSecond, strangerRate);
    const profile = profiles.of(other);
    for (let step = 0; step < stepsInDay; step++) cost[step]! += rate * profile[step]!;
  }
  const beside = besideBySteps(profiles.of(group), cost);
  return beside.map((seconds) => beside[0]! - seconds);
}
