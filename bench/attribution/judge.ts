/** One world, fitted and explained through the analysis' public entry, held against its truth. */
import { explainRun, fitAttribution, type RunExplanation } from "@culprit/analysis";
import {
  canTouch,
  causedSeconds,
  exposures,
  separability,
  type World,
} from "../../packages/simulator/src/index.ts";
import { Baselines, type BaselineName } from "./baselines.ts";
import { Counterfactual } from "./counterfactual.ts";
import { evidenceOf, Slicer } from "./evidence.ts";
import { judgeMoves, judgeSchedule, type MoveResult, type ScheduleResult } from "./moves.ts";
import { slowRunsOf, type SlowRun } from "./slow-runs.ts";
import { familyOf, makeWorld, type Case } from "./worlds.ts";

/** Runs of one world that are explained, evenly chosen among the slow ones. */
const mostExplained = 150;
/** A process that caused less than this share of all caused seconds is innocent where nobody was planted by hand. */
const guiltyShare = 0.01;
/** The second counts as the first too if it has this share of its seconds. */
const nearTie = 0.9;

export type Placing = { rank: number; percentile: number };

export type RunResult = Pick<
  SlowRun,
  "caused" | "slowAtTheTime" | "separable" | "own" | "main" | "alwaysContended"
> & {
  verdict: RunExplanation["verdict"];
  /** Its top cause comes on the same days of each week. */
  topOnWeekdays: boolean;
  /** Whether the one process named is the one; null where none or several are. */
  named: boolean | null;
  /** Where the true cause stands among all processes by blamed seconds; null where nobody caused it. */
  placing: Placing | null;
  /** A process has 30% of the excess or more in the answer. */
  blamesOthers: boolean;
  /** Blamed seconds of the named process less the true ones, relative to these; null where none is named rightly. */
  error: number | null;
  /**
   * The log tells how much sooner a run would have been done without the named one, measured demand its part of what all
   * who crowded took: each interval is held against the truth of its own claim.
   */
  within95: boolean | null;
  /** The same as `error` against the world without the named process; null where resources are not shared. */
  errorWithout: number | null;
  within80: boolean | null;
  baselines: Partial<Record<BaselineName, Placing>>;
};

/**
 * `separable`: for one victim at least, start times can tell it from all others. `onWeekdays`: it comes on the same days of
 * each week, as its victims' own work may.
 */
export type PlantedResult = {
  found: boolean;
  effect: number | null;
  exposedRuns: number;
  victims: number;
  separable: boolean;
  onWeekdays: boolean;
  /** It is told as not separable from the weekday. */
  asked: boolean;
};
export type TotalResult = { caused: number; low: number; high: number; truth: number };

export type WorldResult = Case & {
  runs: number;
  fitSeconds: number;
  explainSeconds: number;
  accused: number;
  falselyAccused: number;
  planted: PlantedResult[];
  /** Culprits that stand in a group that can't be told apart. */
  inGroups: number;
  /** How many are told as not separable from the weekday that cost others nothing. */
  wronglyAsked: number;
  totals: TotalResult[];
  slow: RunResult[];
  baselineAccuses: Partial<Record<BaselineName, boolean>>;
  ownFalseRate: number | null;
  moves: MoveResult[];
  schedule: ScheduleResult | null;
};

/** What else than the answers is judged: other methods, and moves of the schedule that are truly made. */
export type JudgeOptions = { baselines: boolean; moves: boolean };

export function judge(one: Case, options: JudgeOptions): WorldResult {
  const world = makeWorld(one);
  const { kind } = familyOf(one);
  const evidence = evidenceOf(world);
  const begun = performance.now();
  const model = fitAttribution(evidence);
  const fitted = performance.now();
  const { culprits, notSeparable, falseAccusationRate } = model.findings;
  const caused = causedSeconds(world.played);
  const all = caused.reduce((sum, seconds) => sum + seconds, 0);
  const guilty = (process: number) => caused[process]! > 0 && caused[process]! >= guiltyShare * all;
  const accused = new Map(culprits.map((finding) => [finding.process, finding]));
  const separableFrom = separability(world);
  const slow = slowRunsOf(world, separableFrom, mostExplained);
  const slicer = new Slicer(evidence);
  const explaining = performance.now();
  const explained = slow.map((run) => {
    const slice = slicer.around(run.row);
    const { explanation, blamed } = explainRun(model, slice.evidence, slice.run);
    const byProcess = new Float64Array(world.plan.processes.length);
    for (const [i, seconds] of blamed.entries())
      if (i !== slice.run) byProcess[slice.evidence.log.group[i]!]! += seconds;
    return { run, explanation, byProcess };
  });
  const done = performance.now();
  const isMoved = kind === "planted" || kind === "fluid";
  const baselines = options.baselines ? new Baselines(world, evidence) : null;
  const counterfactual = kind === "fluid" ? new Counterfactual(world) : null;
  return {
    ...one,
    runs: evidence.log.start.length,
    fitSeconds: (fitted - begun) / 1000,
    explainSeconds: (done - explaining) / 1000,
    accused: accused.size,
    falselyAccused: [...accused.keys()].filter((process) => !guilty(process)).length,
    planted: world.planted
      .filter(({ culprit }) => guilty(culprit))
      .map(({ culprit, victims, factor }) => {
        const meetings = exposures(world.plan, culprit);
        return {
          found: accused.has(culprit),
          effect: factor,
          exposedRuns: Math.max(0, ...victims.map((victim) => meetings[victim]!)),
          victims: victims.length,
          separable: victims.some((victim) => separableFrom(victim).has(culprit)),
          onWeekdays: isOnWeekdays(world, culprit),
          asked: notSeparable.some(({ reason, groups }) => reason === "weekday" && groups.includes(culprit)),
        };
      }),
    inGroups: world.planted.filter(({ culprit }) =>
      notSeparable.some(({ groups }) => groups.includes(culprit)),
    ).length,
    wronglyAsked: notSeparable.filter(
      ({ reason, groups }) => reason === "weekday" && groups.every((process) => caused[process] === 0),
    ).length,
    totals: [...accused.values()]
      .filter(({ process }) => guilty(process))
      .map(({ process, causedSeconds, low, high }) => ({
        caused: causedSeconds,
        low,
        high,
        truth: caused[process]!,
      })),
    slow: explained.map(({ run, explanation, byProcess }) => ({
      ...resultOf(world, run, explanation, byProcess, { baselines, counterfactual }),
      errorWithout: counterfactual && errorWithout(world, run, explanation, counterfactual),
    })),
    baselineAccuses: kind === "innocent" ? (baselines?.accusations() ?? {}) : {},
    ownFalseRate: falseAccusationRate,
    moves: isMoved && options.moves ? judgeMoves({ world, evidence, model }) : [],
    schedule:
      isMoved && options.moves && options.baselines ? judgeSchedule({ world, evidence, model }) : null,
  };
}

const isOnWeekdays = ({ plan }: World, process: number): boolean =>
  plan.processes[process]?.schedule.kind === "weekly";

function resultOf(
  world: World,
  run: SlowRun,
  explanation: RunExplanation,
  byProcess: Float64Array,
  { baselines, counterfactual }: { baselines: Baselines | null; counterfactual: Counterfactual | null },
): Omit<RunResult, "errorWithout"> {
  const { costs } = run.truth;
  const topOnWeekdays = isOnWeekdays(world, run.top);
  const first = explanation.shares.find(({ cause }) => cause === "process" || cause === "group");
  const names = explanation.verdict === "culprit" && first?.cause === "process" ? first : null;
  const namedSeconds = names ? (costs.get(names.groups[0]!) ?? 0) : 0;
  const right = namedSeconds >= nearTie * run.topSeconds && namedSeconds >= 0.1 * run.excess;
  const placed = (scores: Float64Array) => placingOf(world, run, scores);
  const judged = names && right ? { ...names, truth: namedSeconds } : null;
  const claimed =
    judged && counterfactual && explanation.basis === "log"
      ? { ...judged, truth: counterfactual.cost(judged.groups[0]!, world.observed.run[run.row]!) }
      : judged;
  return {
    caused: run.caused,
    slowAtTheTime: run.slowAtTheTime,
    separable: run.separable,
    own: run.own,
    main: run.main,
    alwaysContended: run.alwaysContended,
    topOnWeekdays,
    verdict: explanation.verdict,
    named: names && right,
    placing: run.caused ? placed(byProcess) : null,
    blamesOthers: explanation.shares.some(
      ({ cause, seconds }) => cause === "process" && seconds >= 0.3 * explanation.excessSeconds,
    ),
    error: judged && (judged.seconds - judged.truth) / judged.truth,
    within95: claimed && claimed.low <= claimed.truth && claimed.truth <= claimed.high,
    within80: claimed && isWithin80(claimed),
    baselines:
      baselines && run.caused
        ? Object.fromEntries(baselines.scores(run).map(([name, scores]) => [name, placed(scores)]))
        : {},
  };
}

/** Null where no process is named, or it cost the run nothing. */
function errorWithout(
  world: World,
  { row }: SlowRun,
  { verdict, shares }: RunExplanation,
  counterfactual: Counterfactual,
): number | null {
  const first = shares.find(({ cause }) => cause === "process" || cause === "group");
  if (verdict !== "culprit" || first?.cause !== "process") return null;
  const truth = counterfactual.cost(first.groups[0]!, world.observed.run[row]!);
  return truth > 0 ? (first.seconds - truth) / truth : null;
}

/** Answers bound 95%: of a normal distribution the bounds of 80% are this much nearer. */
const nearer = 1.2816 / 1.96;

function isWithin80({
  seconds,
  low,
  high,
  truth,
}: {
  seconds: number;
  low: number;
  high: number;
  truth: number;
}): boolean {
  return seconds - nearer * (seconds - low) <= truth && truth <= seconds + nearer * (high - seconds);
}

/** The best place of those that truly come first (near ties do) among all that could touch the run; ties share theirs. */
function placingOf(world: World, run: SlowRun, scores: Float64Array): Placing {
  const others = world.plan.processes.flatMap((_, other) =>
    canTouch(world.plan, run.victim, other) ? [other] : [],
  );
  let rank = Infinity;
  for (const [process, seconds] of run.truth.costs) {
    if (seconds < nearTie * run.topSeconds) continue;
    let above = 0;
    let tied = 0;
    for (const other of others) {
      if (scores[other]! > scores[process]!) above++;
      else if (other !== process && scores[other] === scores[process]) tied++;
    }
    rank = Math.min(rank, 1 + above + tied / 2);
  }
  return { rank, percentile: others.length < 2 ? 100 : 100 * (1 - (rank - 1) / (others.length - 1)) };
}
