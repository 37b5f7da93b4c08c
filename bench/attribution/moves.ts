/**
 * Moves of the schedule, predicted and then truly made: the same world played again with the process moved. Those that are
 * tried are the named culprits and their victims, by half an hour to six hours to either side; and the advice as a whole,
 * beside what one does without knowing anybody guilty.
 */
import {
  advise,
  planFor,
  Predictor,
  type Advice,
  type AttributionModel,
  type Evidence,
} from "@culprit/analysis";
import {
  day,
  origin,
  Random,
  withMoved,
  type Played,
  type World,
} from "../../packages/simulator/src/index.ts";

/** Seconds in a day. */
export type MoveResult = {
  predicted: number;
  low: number;
  high: number;
  realised: number;
  /** Standard error of that, by its days: which runs of it meet which by chance is no gain of a move. */
  chance: number;
  /** What the moved process costs others and what it loses itself, as it is. */
  atStake: number;
};

export const spreads = ["hash spread", "random jitter", "even spacing"] as const;

/** Seconds in a day: lost by all to others as it is, and saved by each way. */
export type ScheduleResult = {
  lost: number;
  predicted: number;
  advice: number;
  spreads: Record<(typeof spreads)[number], number>;
  /** Of the best hourly shift of the process that was advised first what the advised one misses; null without advice. */
  regret: number | null;
  /** Each piece of advice, with those above it done. */
  steps: MoveResult[];
};

const hour = 3600;
const shifts = [-6, -3, -1, -0.5, 0.5, 1, 3, 6].map((hours) => hours * hour);
const mostProcesses = 4;

type Given = { world: World; evidence: Evidence; model: AttributionModel };

export function judgeMoves({ world, evidence, model }: Given): MoveResult[] {
  const predictor = new Predictor(planFor(model, evidence));
  const random = Random.of(world.seed, "moves");
  const named = new Set(
    model.findings.culprits.flatMap(({ process, victims }) => [
      process,
      ...victims.map(({ group }) => group),
    ]),
  );
  const tried = random.shuffled([...named].toSorted((a, b) => a - b)).slice(0, mostProcesses);
  return tried.map((group) => {
    const shiftSeconds = random.pick(shifts);
    const { savingSeconds, low, high } = predictor.predict([{ group, shiftSeconds }]);
    return {
      predicted: savingSeconds,
      low,
      high,
      ...meanOf(savedByDay(world, (process) => (process === group ? shiftSeconds : 0))),
      atStake: stakeOf(world.played, group) / world.plan.days,
    };
  });
}

export function judgeSchedule({ world, evidence, model }: Given): ScheduleResult {
  const { processes, machines, days } = world.plan;
  const advice = advise(planFor(model, evidence), { zones: Array.from({ length: machines }, () => "UTC") });
  const advised = new Map(advice.map(({ group, shiftSeconds }) => [group, shiftSeconds]));
  const isCron = (process: number): boolean => processes[process]!.kind === "cron";
  const random = Random.of(world.seed, "spread");
  const hashes = processes.map(() => random.whole(0, 59) * 60);
  const first = advice[0];
  return {
    lost: world.played.costs.seconds.reduce((sum, seconds) => sum + seconds, 0) / days,
    predicted: advice.reduce((sum, { savingSeconds }) => sum + savingSeconds, 0),
    advice: realised(world, (process) => advised.get(process) ?? 0),
    spreads: {
      "hash spread": realised(world, (process) => (isCron(process) ? hashes[process]! : 0)),
      "random jitter": realised(world, (process) => (isCron(process) ? random.between(0, 1800) : 0)),
      "even spacing": realised(world, (process) =>
        isCron(process) ? (process / processes.length) * hour : 0,
      ),
    },
    regret: first ? regretOf(world, first.group, first.shiftSeconds) : null,
    steps: judgeSteps(world, advice),
  };
}

function judgeSteps(world: World, advice: readonly Advice[]): MoveResult[] {
  const done = new Map<number, number>();
  let before: Float64Array = new Float64Array(world.plan.days);
  return advice.map(({ group, shiftSeconds, savingSeconds, low, high }) => {
    done.set(group, (done.get(group) ?? 0) + shiftSeconds);
    const now = savedByDay(world, (process) => done.get(process) ?? 0);
    const gained = meanOf(now.map((saved, today) => saved - before[today]!));
    before = now;
    const atStake = stakeOf(world.played, group) / world.plan.days;
    return { predicted: savingSeconds, low, high, ...gained, atStake };
  });
}

function regretOf(world: World, group: number, advised: number): number {
  const by = (shift: number): number => realised(world, (process) => (process === group ? shift : 0));
  const hours = Array.from({ length: 13 }, (_, at) => (at - 6) * hour);
  const best = Math.max(...hours.map(by));
  return best <= 0 ? 0 : Math.max(0, 1 - by(advised) / best);
}

/** Seconds in a day of all runs together that starts later by so much truly save. */
const realised = (world: World, shiftOf: (process: number) => number): number =>
  meanOf(savedByDay(world, shiftOf)).realised;

/** By the day on which runs started before they were moved. */
function savedByDay(world: World, shiftOf: (process: number) => number): Float64Array {
  const { processes, days, runs } = world.plan;
  const saved = new Float64Array(days);
  const dayOf = new Map<number, number>();
  const name = ({ plan }: Played, run: number): number =>
    plan.runs.key[run]! * processes.length + plan.runs.process[run]!;
  for (let run = 0; run < runs.start.length; run++) {
    const today = Math.min(days - 1, Math.max(0, Math.floor((runs.start[run]! - origin) / day)));
    dayOf.set(name(world.played, run), today);
    saved[today]! += world.played.end[run]! - runs.start[run]!;
  }
  const moved = world.play(withMoved(world.plan, shiftOf));
  for (const [run, end] of moved.end.entries())
    saved[dayOf.get(name(moved, run))!]! -= end - moved.plan.runs.start[run]!;
  return saved;
}

function meanOf(byDay: Float64Array): { realised: number; chance: number } {
  const mean = byDay.reduce((sum, value) => sum + value, 0) / byDay.length;
  const squares = byDay.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { realised: mean, chance: Math.sqrt(squares / (byDay.length - 1) / byDay.length) };
}

function stakeOf({ plan, costs }: Played, process: number): number {
  let sum = 0;
  for (let run = 0; run < plan.runs.start.length; run++)
    for (let i = costs.offset[run]!; i < costs.offset[run + 1]!; i++)
      if (costs.process[i] === process || plan.runs.process[run] === process) sum += costs.seconds[i]!;
  return sum;
}
