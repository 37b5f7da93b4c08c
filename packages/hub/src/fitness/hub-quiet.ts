/** Whether a benchmark would disturb the hub, its machine or what it measures itself. */
import { cpus } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hub } from "../context.ts";

/** Uploads in the line of the store: each commit takes all of them. */
const mostWaiting = 50;
/** Above it requests would notice. */
const mostLagMilliseconds = 50;

/** Seconds of all processors together, since the machine's start; and of this process. */
export type CpuTimes = { busy: number; all: number; own: number };

export type HubQuiet = {
  /** Looks for so many seconds; null if it is quiet, else what is not. `mostBusy`: of all processors together, 0..1. */
  disturbance(hub: HubAtWork, seconds: number, mostBusy: number, signal: AbortSignal): Promise<string | null>;
  /** Answers a function that tells whether others, without this process, kept the processors busy since. */
  watchOthers(mostBusy: number): () => string | null;
};

export type HubAtWork = {
  commits: Pick<Hub["commits"], "waiting">;
  attribution: Pick<Hub["attribution"], "isFitting">;
  dear: Hub["dear"];
};

export const hubQuiet: HubQuiet = {
  async disturbance(hub, seconds, mostBusy, signal) {
    const before = readCpuTimes();
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
    delay.disable();
    if (signal.aborted) return "the hub stops";
    const lagMilliseconds = delay.percentile(99) / 1e6;
    const busy = busyShare(before, readCpuTimes());
    return ownWork(hub) ?? late(lagMilliseconds) ?? above("the CPUs were busy", busy, mostBusy);
  },

  watchOthers(mostBusy) {
    const before = readCpuTimes();
    return () => above("others used the CPUs", othersShare(before, readCpuTimes()), mostBusy);
  },
};

const late = (lagMilliseconds: number): string | null =>
  lagMilliseconds > mostLagMilliseconds ? "the hub answers late" : null;

/** Null if nothing is under way that a benchmark would hold up. */
export function ownWork({ commits, attribution, dear }: HubAtWork): string | null {
  if (commits.waiting > mostWaiting) return `${commits.waiting} uploads wait for the store`;
  if (attribution.isFitting) return "the hub looks for culprits";
  return Object.values(dear).some((turns) => turns.atWork > 0) ? "the hub works on a question" : null;
}

/** 0..1. */
export function busyShare(before: CpuTimes, after: CpuTimes): number {
  const all = after.all - before.all;
  return all <= 0 ? 0 : (after.busy - before.busy) / all;
}

/** 0..1, of what this process did not use. */
export function othersShare(before: CpuTimes, after: CpuTimes): number {
  const others = after.busy - before.busy - (after.own - before.own);
  const all = after.all - before.all;
  return all <= 0 ? 0 : Math.max(0, others / all);
}

function above(what: string, share: number, most: number): string | null {
  return share > most ? `${what} ${Math.round(100 * share)}% of the time` : null;
}

function readCpuTimes(): CpuTimes {
  const times: CpuTimes = { busy: 0, all: 0, own: 0 };
  for (const {
    times: { user, nice, sys, idle, irq },
  } of cpus()) {
    times.busy += (user + nice + sys + irq) / 1000;
    times.all += (user + nice + sys + irq + idle) / 1000;
  }
  const { user, system } = process.cpuUsage();
  times.own = (user + system) / 1e6;
  return times;
}
