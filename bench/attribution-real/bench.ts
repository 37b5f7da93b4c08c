/**
 * Real jobs slowed by real antagonists, recorded by culprit-run, sampled by the agent, judged by the hub: how often the
 * antagonist beside a slow run is named first, and whether ever a companion that starts with it and does nothing. About
 * ten minutes and the fit; the machine should do nothing else.
 *
 *     npm run bench -- attribution-real [--seconds 600] [--seed 1]
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  culprits,
  deviatingExecution,
  execution,
  list,
  why,
  type Execution,
  type HubClient,
  type Why,
} from "@culprit/protocol";
import { adminClient } from "../../e2e/hub-process.ts";
import { realJobs, runTimeline } from "../../e2e/real-jobs.ts";
import { culpritRun, startSystem } from "../../e2e/system.ts";
import { antagonists, timelineOf } from "./timeline.ts";

/** A run is beside an antagonist that runs during this share of it. */
const leastBeside = 0.2;
const fitPatienceSeconds = 300;
/** If nothing newer comes for so long, the fit is as new as the hub wants it. */
const newFitSeconds = 120;

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: { seconds: { type: "string", default: "600" }, seed: { type: "string", default: "1" } },
  });
  const all = antagonists(isInstalled("fio"));
  const timeline = timelineOf(Number(values.seconds), Number(values.seed), all);
  // The machine's own cron jobs are no part of it.
  const system = await startSystem({ CULPRIT_OBSERVE_CRON: "false", CULPRIT_OBSERVE_SYSTEMD: "false" });
  try {
    const folder = join(system.folder, "jobs");
    console.log(`${timeline.length} runs in ${values.seconds} s; seed ${values.seed}`);
    const started = await runTimeline({ culpritRun, intake: system.intake, folder }, timeline);
    const client = await adminClient(system.address);
    const total = [...started.values()].reduce((sum, count) => sum + count, 0);
    await until("every run is stored", async () => (await runsOf(client)).length === total);
    const ended = Date.now();
    // A fit that lacks the last run or two is good enough for the hub, and so for us.
    await until("a fit has seen nearly all of them", async () => {
      const { fittedAt } = await client.get("/culprits", culprits, {});
      const late = Date.now() > ended + newFitSeconds * 1000;
      return fittedAt !== null && Date.parse(fittedAt) > ended - (late ? newFitSeconds * 1000 : 0);
    });
    await report(client, all);
  } finally {
    await system.stop();
  }
}

async function report(client: HubClient, all: ReturnType<typeof antagonists>): Promise<void> {
  const names = all.map(({ name }) => name);
  const companions = new Set(all.map(({ companion }) => companion));
  const victims = new Set<string>(realJobs.map(({ name }) => name));
  const antagonistRuns = (await runsOf(client)).filter(({ process }) => names.includes(process));
  const slow = (await client.get("/deviations", list(deviatingExecution), { direction: "slow", limit: 1000 }))
    .items;
  const judged: { antagonist: string; first: string | null; named: string | null; longest: string | null }[] =
    [];
  for (const { execution: one } of slow) {
    const beside = antagonistRuns.filter((other) => overlapSeconds(one, other) > 0);
    const [only] = beside;
    if (!victims.has(one.process) || beside.length !== 1 || !only) continue;
    if (overlapSeconds(one, only) < leastBeside * one.durationSeconds!) continue;
    const explained = await client.get(`/executions/${encodeURIComponent(one.id)}/why`, why);
    judged.push({ antagonist: only.process, ...answersOf(explained) });
  }
  const share = (count: number) =>
    `${count} of ${judged.length} (${((100 * count) / judged.length).toFixed(1)}%)`;
  const count = (is: (one: (typeof judged)[number]) => boolean) => share(judged.filter(is).length);
  console.table({
    "slow runs beside one antagonist": judged.length,
    "antagonist blamed most (AC@1, goal 95%)": count(({ first, antagonist }) => first === antagonist),
    "antagonist named": count(({ named, antagonist }) => named === antagonist),
    "another process named": count(({ named, antagonist }) => named !== null && named !== antagonist),
    "companion blamed most or named (goal 0)": count(
      ({ first, named }) => companions.has(first ?? "") || companions.has(named ?? ""),
    ),
    "longest overlap is the antagonist": count(({ longest, antagonist }) => longest === antagonist),
  });
  for (const name of names) {
    const own = judged.filter(({ antagonist }) => antagonist === name);
    const right = own.filter(({ first }) => first === name).length;
    console.log(`${name}: first in ${right} of ${own.length}`);
  }
  const { culprits: found, coverage, notSeparable } = await client.get("/culprits", culprits, {});
  console.log(
    `\nculprits: ${found.map(({ process, basis, causedSeconds }) => `${process} (${basis}, ${causedSeconds.toFixed(0)} s)`).join(", ") || "none"}`,
  );
  console.log(
    `not separable: ${notSeparable.length}; coverage ${coverage === null ? "-" : coverage.toFixed(2)}`,
  );
}

/** Who is blamed for most seconds, who alone is named by the verdict, and who was there longest. */
function answersOf({
  verdict,
  shares,
  concurrent,
}: Why): Record<"first" | "named" | "longest", string | null> {
  const [top] = shares;
  return {
    first: mostOf(concurrent, ({ blamedSeconds }) => blamedSeconds ?? 0),
    named: verdict === "culprit" && top?.cause === "process" ? (top.process ?? null) : null,
    longest: mostOf(concurrent, ({ overlapSeconds }) => overlapSeconds),
  };
}

type Concurrent = Why["concurrent"][number];

function mostOf(concurrent: readonly Concurrent[], seconds: (one: Concurrent) => number): string | null {
  const byProcess = new Map<string, number>();
  for (const one of concurrent) byProcess.set(one.process, (byProcess.get(one.process) ?? 0) + seconds(one));
  const [first] = [...byProcess].filter(([, sum]) => sum > 0).toSorted(([, a], [, b]) => b - a);
  return first?.[0] ?? null;
}

function overlapSeconds(one: Execution, other: Execution): number {
  if (one.endedAt === undefined || other.endedAt === undefined) return 0;
  const from = Math.max(Date.parse(one.startedAt), Date.parse(other.startedAt));
  return Math.max(0, Math.min(Date.parse(one.endedAt), Date.parse(other.endedAt)) - from) / 1000;
}

const runsOf = async (client: HubClient): Promise<Execution[]> =>
  (await client.get("/executions", list(execution), { limit: 1000 })).items;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + fitPatienceSeconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${fitPatienceSeconds} s until ${what}`);
    await sleep(1000);
  }
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
