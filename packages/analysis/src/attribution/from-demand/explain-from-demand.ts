/**
 * One run explained from measured demand: what others cost it (`lost-seconds.ts`), what its host took, and what it did more
 * than usual itself: its own use of the machine, beyond its usual use, as a part of its normal duration. What is left is
 * unexplained. Where the losses come to more than the excess (it had less to do than usual) they are scaled down to it, and
 * their upper bounds are those of the whole losses.
 */
import type { DemandModel } from "./demand-model.ts";
import { resources, type Evidence } from "../evidence.ts";
import type { Cause, RunShare, RunVerdict } from "../findings.ts";
import { lostSeconds } from "./lost-seconds.ts";

export type DemandExplanation = { verdict: RunVerdict; shares: RunShare[]; blamed: Float64Array };

/** A share below this part of the excess gives no verdict. */
const leastPart = 0.3;
/** The second so near to the first is named together with it. */
const nearTie = 0.9;
/** Twice a run's usual use may be a meter's error; below this part it is chance. */
const leastOwnWork = 0.1;
const deviations = 1.96;
/** Of what is left once others have had their part. */
const remainderError = 0.25;

/** `whole`: what it cost before all was scaled down to the excess, which its bounds are about. */
type Part = { cause: Cause; groups: number[]; seconds: number; whole: number; error: number };

/**
 * `normalSeconds`: how long the run should have taken; where it did not take longer, `blamed` is what others cost it all the
 * same. Null where nothing was measured for it.
 */
export function explainFromDemand(
  model: DemandModel,
  evidence: Evidence,
  run: number,
  normalSeconds: number,
): DemandExplanation | null {
  const { log, groups } = evidence;
  const own = log.group[run]!;
  const excess = log.end[run]! - log.start[run]! - normalSeconds;
  const lost = lostSeconds(model, evidence, run);
  if (!lost) return null;
  const isOwn = (group: number) => groups.process[group] === groups.process[own];
  const parts: Part[] = [];
  /** By runs of its own process: that is its own doing. */
  let crowdedItself = 0;
  let unlogged = 0;
  for (const { cause, group, seconds, error } of lost.losses) {
    const part = { seconds, whole: seconds, error };
    if (cause === "host") parts.push({ cause: "host", groups: [], ...part });
    else if (cause === "unlogged") unlogged += seconds;
    else if (isOwn(group)) crowdedItself += seconds;
    else parts.push({ cause: "process", groups: [group], ...part });
  }
  const named = parts.reduce((all, { seconds }) => all + seconds, crowdedItself);
  const scale = named > excess && excess > 0 ? excess / named : 1;
  for (const part of parts) part.seconds *= scale;
  const ownWork =
    crowdedItself * scale +
    Math.min(Math.max(0, excess - named - unlogged), moreWork(model, evidence, run) * normalSeconds);
  if (ownWork > 0) parts.push(remainder("own-work", ownWork));
  const rest = excess - parts.reduce((all, { seconds }) => all + seconds, 0);
  if (rest > 1e-9 * excess) parts.push(remainder("unexplained", rest));
  const tied = nameTies(parts.toSorted((a, b) => b.seconds - a.seconds));
  return {
    verdict: verdictOf(tied, excess),
    shares: tied.map(({ whole, error, ...share }) => ({
      ...share,
      low: Math.max(0, Math.min(share.seconds, whole - deviations * error)),
      high: whole + deviations * error,
    })),
    blamed: lost.blamed.map((seconds, i) => (isOwn(log.group[i]!) ? 0 : seconds * scale)),
  };
}

function remainder(cause: "own-work" | "unexplained", seconds: number): Part {
  return { cause, groups: [], seconds, whole: seconds, error: seconds * remainderError };
}

/** How much more than usual it used of what it uses most, as a part of the usual; 0 where nobody measured. */
function moreWork({ usualWork }: DemandModel, { log, work }: Evidence, run: number): number {
  if (!work) return 0;
  const group = log.group[run]!;
  const [most] = resources.toSorted((a, b) => (usualWork[b][group] || 0) - (usualWork[a][group] || 0));
  const usual = usualWork[most!][group]!;
  const more = work[most!][run]! / usual - 1;
  return usual > 0 && more >= leastOwnWork ? more : 0;
}

function nameTies(parts: readonly Part[]): Part[] {
  const first = parts.find(({ cause }) => cause === "process");
  const tied = parts.filter(
    ({ cause, seconds }) => cause === "process" && seconds >= nearTie * first!.seconds,
  );
  if (tied.length < 2) return [...parts];
  const group: Part = {
    cause: "group",
    groups: tied.flatMap(({ groups }) => groups).toSorted((a, b) => a - b),
    seconds: tied.reduce((all, { seconds }) => all + seconds, 0),
    whole: tied.reduce((all, { whole }) => all + whole, 0),
    error: Math.hypot(...tied.map(({ error }) => error)),
  };
  return [...parts.filter((part) => !tied.includes(part)), group].toSorted((a, b) => b.seconds - a.seconds);
}

function verdictOf(parts: readonly Part[], excess: number): RunVerdict {
  const [first] = parts;
  if (!first || first.seconds < leastPart * excess) return "unknown";
  if (first.seconds <= deviations * first.error) return "unknown";
  switch (first.cause) {
    case "process":
      return "culprit";
    case "group":
      return "not-separable";
    case "own-work":
      return "own-work";
    case "host":
      return "host";
    case "unexplained":
      return "unknown";
    default:
      return first.cause satisfies never;
  }
}
