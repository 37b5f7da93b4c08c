/** What is wrong with runs themselves: failed, lost, too long, too short, overlapping, not done in time. Pure. */
import type { Baseline } from "@culprit/analysis";
import { formatInstant, microsPerSecond, type Micros } from "@culprit/protocol";
import type { Fact, Run } from "./run.ts";

export type RunQuestion = {
  /** Sorted by start; all of the process on the machine that ended at or after `from`, or still run. */
  runs: readonly Run[];
  now: Micros;
  maxSeconds: number | null;
  minSeconds: number | null;
  /** Of runs that ended before nobody had said how long they may take. */
  boundSince: Micros;
  normalOf: (run: Run) => Baseline | undefined;
  /** The next expected start after an instant, where there is a schedule by the clock. */
  nextStart: ((after: Micros) => Micros | null) | null;
};

/** Beyond this the length of a run is no longer chance, where nobody has set a bound. */
const farBeyond = { times: 3, leastSeconds: 60, leastRuns: 20 };

export function runFacts(question: RunQuestion): Fact[] {
  const { runs } = question;
  const facts: Fact[] = [];
  for (const run of runs) facts.push(...endFacts(run, question), ...lengthFacts(run, question));
  return [...facts, ...overlaps(runs, question.now)];
}

const fact = (kind: Fact["kind"], run: Run, beganAt: Micros, more: Partial<Fact> = {}): Fact => ({
  kind,
  run,
  beganAt,
  expectedAt: null,
  detail: {},
  endedAt: null,
  ending: null,
  ...more,
});

function endFacts(run: Run, { minSeconds, runs, boundSince }: RunQuestion): Fact[] {
  const { outcome, endedAt } = run;
  const over = (): Partial<Fact> => overBy(run, runs);
  switch (outcome) {
    case "failed":
    case "timeout":
      return [fact("failed", run, endedAt, { detail: { outcome }, ...over() })];
    case "lost":
      return [fact("lost", run, endedAt, { detail: { outcome }, ...over() })];
    case "ok": {
      const durationSeconds = secondsOf(run);
      if (minSeconds === null || !run.timed || endedAt < boundSince || durationSeconds >= minSeconds)
        return [];
      const detail = { durationSeconds, limitSeconds: minSeconds, limitFrom: "set" } as const;
      return [fact("too-short", run, endedAt, { detail, ...over() })];
    }
    case "running":
      return [];
    default:
      return outcome satisfies never;
  }
}

/** What is bad about the end of a run is over when the next one ends. */
export function overBy(
  { endedAt }: Pick<Run, "endedAt">,
  runs: readonly Run[],
): Pick<Fact, "endedAt" | "ending"> {
  let next: Run | null = null;
  for (const run of runs) if (run.endedAt > endedAt && run.endedAt < (next?.endedAt ?? Infinity)) next = run;
  return next === null
    ? { endedAt: null, ending: null }
    : { endedAt: next.endedAt, ending: next.outcome === "ok" ? "recovered" : "repeated" };
}

function lengthFacts(run: Run, question: RunQuestion): Fact[] {
  if (!run.timed || run.outcome === "lost") return [];
  const { now } = question;
  const maxSeconds = run.endedAt < question.boundSince ? null : question.maxSeconds;
  const normal = question.normalOf(run);
  const limit = maxSeconds ?? normalLimit(normal);
  const seconds = secondsOf(run, now);
  const facts: Fact[] = [];
  if (limit !== null && seconds > limit)
    facts.push(
      fact("too-long", run, after(run, limit), {
        detail: {
          limitSeconds: limit,
          limitFrom: maxSeconds === null ? "normal" : "set",
          ...(run.endedAt === Infinity ? {} : { durationSeconds: seconds }),
        },
        ...finished(run),
      }),
    );
  if (run.endedAt !== Infinity || !normal || !question.nextStart) return facts;
  const next = question.nextStart(run.startedAt + 30 * microsPerSecond);
  const predicted = after(run, predictedSeconds(seconds, normal));
  if (next !== null && now < next && predicted > next)
    facts.push(
      fact("will-not-finish-before-next-start", run, now, {
        expectedAt: next,
        detail: { nextStartAt: formatInstant(next), predictedEndAt: formatInstant(predicted) },
      }),
    );
  return facts;
}

/** Instants are whole microseconds; a normal is no whole number of them. */
const after = ({ startedAt }: Run, seconds: number): Micros =>
  startedAt + Math.round(seconds * microsPerSecond);

function normalLimit(normal: Baseline | undefined): number | null {
  if (!normal || normal.count < farBeyond.leastRuns) return null;
  return Math.max(normal.p95Seconds * farBeyond.times, normal.p95Seconds + farBeyond.leastSeconds);
}

/** How long a run takes in all that has run for `seconds`: as usual, else as its slow ones, else a quarter longer than now. */
function predictedSeconds(seconds: number, { medianSeconds, p95Seconds }: Baseline): number {
  if (seconds < medianSeconds) return medianSeconds;
  return seconds < p95Seconds ? p95Seconds : seconds * 1.25;
}

/** One fact for each run that still ran when another started, however many did. */
function overlaps(runs: readonly Run[], now: Micros): Fact[] {
  const facts: Fact[] = [];
  runs.forEach((run, at) => {
    if (run.outcome === "lost" || !run.timed) return;
    let other: Run | null = null;
    let until = 0;
    for (let next = at + 1; next < runs.length && runs[next]!.startedAt < run.endedAt; next++) {
      const one = runs[next]!;
      if (!one.timed || one.kind !== run.kind || one.startedAt > now) continue;
      other ??= one;
      until = Math.max(until, Math.min(one.endedAt, run.endedAt));
    }
    if (other)
      facts.push(
        fact("overlapping-itself", run, other.startedAt, {
          other,
          ...(run.endedAt === Infinity ? {} : { endedAt: until, ending: "finished" }),
        }),
      );
  });
  return facts;
}

function finished({ endedAt }: Run): Partial<Fact> {
  return endedAt === Infinity ? {} : { endedAt, ending: "finished" };
}

function secondsOf({ startedAt, endedAt }: Run, now = endedAt): number {
  return Math.max(0, Math.min(endedAt, now) - startedAt) / microsPerSecond;
}
