/**
 * One run explained: each culprit of its group that ran beside it has its part of the excess over the normal of its time
 * (`run-blame.ts`); what nothing explains stays unexplained.
 */
import { deviationOf } from "../../baseline.ts";
import { normalAt } from "../normals.ts";
import type { Evidence } from "../evidence.ts";
import type { RunExplanation, RunShare, RunVerdict } from "../findings.ts";
import type { AttributionModel, Cost } from "../model.ts";
import { isOwnWork } from "./own-work.ts";
import { hasRival, plannedBeside } from "./planned-beside.ts";
import { sureness } from "./hidden-causes.ts";
import { divideExcess } from "./run-blame.ts";

/** Causes are told from this part of the excess on; one process is named if most is its part, and surely the largest. */
const namedPart = 0.3;
const mainPart = 0.5;
const leastSure = 0.85;
/**
 * One process is named only if no other comes near: neither another culprit's part, nor what another that was planned
 * beside the run shows by itself (of the logarithm of the slowdown). Where several crowd each other, the cost of each
 * depends on who else is there.
 */
const near = { part: 0.7, shown: 0.45 };
/** Two causes are as good as the same size when the second is this part of the first. */
const nearTie = 0.9;

/** `normalSeconds`: what the caller, who found it slow, takes for its normal; else the model judges. */
export function explainFromLog(
  model: AttributionModel,
  evidence: Evidence,
  run: number,
  normalSeconds?: number,
): { explanation: RunExplanation; blamed: Float64Array } {
  const { log } = evidence;
  const blamed = new Float64Array(log.start.length);
  const group = log.group[run]!;
  const [start, end] = [log.start[run]!, log.end[run]!];
  const seconds = end - start;
  const now = model.normals[group] ? normalAt(model.normals[group], start) : null;
  const normal = normalSeconds ?? now?.medianSeconds ?? seconds;
  const excessSeconds = seconds - normal;
  const explanation: RunExplanation = {
    verdict: "normal",
    normalSeconds: normal,
    excessSeconds,
    shares: [],
    basis: "log",
  };
  const isSlow =
    normalSeconds === undefined
      ? now && log.timed[run] && deviationOf(seconds, now)?.direction === "slow"
      : excessSeconds > 0;
  if (!isSlow) return { explanation, blamed };

  const beside = (model.costs[group] ?? []).flatMap((cost) => {
    const found = besideRun(log, run, cost);
    return found.seconds === 0 ? [] : [{ cost, ...found }];
  });
  const expected = beside.map(({ cost: { perSecond, error, runSpread }, seconds }) => ({
    mean: perSecond.value * seconds,
    variance: (error ** 2 + runSpread ** 2) * seconds ** 2,
  }));
  const blames = divideExcess(expected, ((now?.logSpread ?? 0) * normal) ** 2, excessSeconds);
  const shares = beside.map(({ cost, runs, overlap }, k): RunShare => {
    for (const [i, own] of runs) blamed[i] = (blames[k]!.seconds * own) / overlap;
    return { cause: cost.suspects.length === 1 ? "process" : "group", groups: cost.suspects, ...blames[k]! };
  });
  explanation.shares = withRest(together(shares), excessSeconds);
  explanation.verdict = verdictOf(explanation.shares, excessSeconds);
  if (explanation.verdict === "culprit") {
    const [first] = explanation.shares.filter(({ cause }) => cause === "process") as [RunShare];
    const part = near.shown * (first.seconds / excessSeconds) * Math.log(seconds / normal);
    if (hasRival(plannedBeside(model, evidence, run, normal), first.groups, part))
      explanation.verdict = "unknown";
    const hidden = model.hidden[group];
    const at = beside.findIndex(({ cost }) => cost.suspects === first.groups);
    const sure = hidden ? sureness(expected, at, hidden, normal, excessSeconds) : 0;
    if (first.seconds < mainPart * excessSeconds || sure < leastSure) explanation.verdict = "unknown";
  }
  if (explanation.verdict === "unknown" && isOwnWork(model, evidence, run)) {
    explanation.verdict = "own-work";
    explanation.shares = explanation.shares.map((share) =>
      share.cause === "unexplained" ? { ...share, cause: "own-work" } : share,
    );
  }
  return { explanation, blamed };
}

/**
 * The overlap with each run of the suspects and the sum of it; `seconds` are those with any of them beside, for being there
 * twice slows nobody twice.
 */
function besideRun({ start, end, group }: Evidence["log"], run: number, { suspects }: Cost) {
  const runs: [number, number][] = [];
  let [overlap, seconds, until] = [0, 0, start[run]!];
  for (let i = 0; i < start.length; i++) {
    if (i === run || !suspects.includes(group[i]!)) continue;
    const to = Math.min(end[i]!, end[run]!);
    const own = to - Math.max(start[i]!, start[run]!);
    if (!(own > 0)) continue;
    runs.push([i, own]);
    overlap += own;
    seconds += Math.max(0, to - Math.max(start[i]!, until));
    until = Math.max(until, to);
  }
  return { runs, overlap, seconds };
}

/** The largest and what comes as near as makes no difference are one share of all of them. */
function together(shares: readonly RunShare[]): RunShare[] {
  const sorted = shares.toSorted((a, b) => b.seconds - a.seconds);
  const [first] = sorted;
  if (!first) return sorted;
  const near = sorted.filter(({ seconds }) => seconds > 0 && seconds >= nearTie * first.seconds);
  if (near.length < 2) return sorted;
  const sum = (of: (share: RunShare) => number) => near.reduce((total, share) => total + of(share), 0);
  return [
    {
      cause: "group",
      groups: near.flatMap(({ groups }) => groups),
      seconds: sum(({ seconds }) => seconds),
      low: sum(({ low }) => low),
      high: sum(({ high }) => high),
    },
    ...sorted.slice(near.length),
  ];
}

function withRest(shares: readonly RunShare[], excess: number): RunShare[] {
  const sum = (of: (share: RunShare) => number) => shares.reduce((total, share) => total + of(share), 0);
  const rest: RunShare = {
    cause: "unexplained",
    groups: [],
    seconds: excess - sum(({ seconds }) => seconds),
    low: Math.max(0, excess - sum(({ high }) => high)),
    high: Math.max(0, excess - sum(({ low }) => low)),
  };
  return [...shares, ...(rest.seconds > 1e-9 * excess ? [rest] : [])]
    .filter(({ seconds }) => seconds > 0)
    .toSorted((a, b) => b.seconds - a.seconds);
}

function verdictOf(shares: readonly RunShare[], excess: number): RunVerdict {
  const [first, second] = shares.filter(({ cause }) => cause === "process" || cause === "group");
  if (!first || first.seconds < namedPart * excess) return "unknown";
  if (first.cause === "group") return "not-separable";
  return second && second.seconds > near.part * first.seconds ? "unknown" : "culprit";
}
