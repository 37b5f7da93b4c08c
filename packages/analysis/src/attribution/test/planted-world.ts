/**
 * Small worlds for tests: processes on machines with schedules of every kind, log-normal durations, and culprits that divide
 * the speed of what they run beside.
 */
import { orderOf, pick } from "../../intervals.ts";
import { gaussian, seededRandom } from "../../seeded-random.ts";
import type { Evidence } from "../evidence.ts";

export type Plan = {
  seed: number;
  days: number;
  machines: number;
  /** On each machine. */
  processes: number;
  /** Of the culprits on each machine that has one: how much slower the victims are beside it. */
  effect: number;
  culprits: number;
  victims: number;
  /** Runs of a culprit in all. */
  culpritRuns: number;
  /** All durations of a night share a factor of e to this deviation. */
  nightSpread?: number;
  /** The part of runs that are slow for reasons of their own. */
  ownSlow?: number;
};

export type PlantedWorld = {
  evidence: Evidence;
  /** Groups of the culprits, and their victims. */
  planted: { culprit: number; victims: number[] }[];
  /** By run, the group that slowed it, and by how many seconds; -1 where none did. */
  slowedBy: Int32Array;
  slowedSeconds: Float64Array;
};

type Run = { start: number; end: number; group: number; by: number; lost: number };

const day = 86_400;
const epoch = 1_700_006_400;

export function plantWorld(plan: Plan): PlantedWorld {
  const random = seededRandom(plan.seed);
  const groups = plan.machines * plan.processes;
  const nights = Float64Array.from(
    { length: plan.days + 1 },
    () => (plan.nightSpread ?? 0) * gaussian(random),
  );
  const runs: Run[] = [];
  const planted: PlantedWorld["planted"] = [];
  for (let k = 0; k < plan.culprits; k++) {
    const machine = k % plan.machines;
    const base = machine * plan.processes;
    const others = Array.from({ length: plan.processes }, (_, i) => base + i).filter(
      (group) => !planted.some(({ culprit }) => culprit === group),
    );
    const culprit = others.splice(Math.floor(random() * others.length), 1)[0]!;
    const victims: number[] = [];
    while (victims.length < Math.min(plan.victims, others.length - 1))
      victims.push(others.splice(Math.floor(random() * others.length), 1)[0]!);
    planted.push({ culprit, victims });
  }
  const culpritRuns = new Map<number, Run[]>();
  for (const { culprit } of planted) {
    const normalSeconds = 900 + random() * 2700;
    const own: Run[] = [];
    const chosen = Array.from({ length: plan.days }, (_, i) => i).sort(() => random() - 0.5);
    const perDay = Math.ceil(plan.culpritRuns / plan.days);
    for (const d of chosen.slice(0, Math.ceil(plan.culpritRuns / perDay)))
      for (let k = 0; k < perDay; k++) {
        const start = epoch + d * day + random() * day;
        own.push({
          start,
          end: start + normalSeconds * Math.exp(0.15 * gaussian(random)),
          group: culprit,
          by: -1,
          lost: 0,
        });
      }
    own.sort((a, b) => a.start - b.start);
    culpritRuns.set(culprit, own);
    runs.push(...own);
  }
  for (let group = 0; group < groups; group++) {
    if (culpritRuns.has(group)) continue;
    const kind = random();
    const every = kind < 0.3 ? day : kind < 0.6 ? 3600 : kind < 0.85 ? 14_400 : 900;
    const normalSeconds = Math.min(every * 0.4, Math.exp(Math.log(30) + random() * Math.log(60)));
    const spread = 0.08 + 0.2 * random();
    const phase = every === day ? 3 * 3600 * random() : every * random();
    const jitter = every === day ? 600 : every * 0.3;
    const from = planted.filter(({ victims }) => victims.includes(group)).map(({ culprit }) => culprit);
    for (let at = epoch + phase; at < epoch + plan.days * day; at += every) {
      const start = at + jitter * random();
      const slow = random() < (plan.ownSlow ?? 0) ? 1.5 + 2 * random() : 1;
      const night = Math.exp(nights[Math.floor((at - epoch) / day)]!);
      const work = normalSeconds * Math.exp(spread * gaussian(random)) * slow * night;
      const others = from.flatMap((culprit) => culpritRuns.get(culprit)!);
      runs.push({ group, ...slowed(start, work, others, plan.effect) });
    }
  }
  const start = Float64Array.from(runs, (run) => run.start);
  const order = orderOf(start);
  const picked = (of: (run: Run) => number) =>
    pick(Float64Array.from(runs, of), order, new Float64Array(order.length));
  return {
    evidence: {
      log: {
        start: picked((run) => run.start),
        end: picked((run) => run.end),
        group: Int32Array.from(picked((run) => run.group)),
        timed: new Uint8Array(runs.length).fill(1),
      },
      groups: {
        process: Int32Array.from({ length: groups }, (_, i) => i),
        machine: Int32Array.from({ length: groups }, (_, i) => Math.floor(i / plan.processes)),
      },
      machines: plan.machines,
      sharedBy: null,
      demands: null,
      work: null,
      samples: Array.from({ length: plan.machines }, () => null),
    },
    planted,
    slowedBy: Int32Array.from(picked((run) => run.by)),
    slowedSeconds: picked((run) => run.lost),
  };
}

/** When so much work is done, at 1/effect of the speed while any of the others runs. */
function slowed(start: number, work: number, others: readonly Run[], effect: number) {
  let [at, left, lost, by] = [start, work, 0, -1];
  const beside = others.filter((other) => other.end > start).toSorted((a, b) => a.start - b.start);
  for (const other of beside) {
    const free = Math.max(0, other.start - at);
    if (free >= left) break;
    at += free;
    left -= free;
    const slowly = Math.max(0, Math.min(other.end - at, left * effect));
    at += slowly;
    left -= slowly / effect;
    lost += slowly - slowly / effect;
    if (slowly > 0) by = other.group;
    if (left <= 0) break;
  }
  return { start, end: at + left, by, lost };
}
