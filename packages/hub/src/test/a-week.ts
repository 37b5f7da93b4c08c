/** A week of jobs as a test plays it: each runs as its crontab says, but for what is planted. */
import { CronSchedule } from "@culprit/analysis";
import { formatInstant, type ExecutionKind, type ExecutionOutcome, type Micros } from "@culprit/protocol";
import type { HubUnderTest } from "./hub-under-test.ts";
import { Sweep } from "../supervision/sweep.ts";

export type Plan = {
  process: string;
  cron: string;
  timeZone: string;
  seconds: number;
  kind?: ExecutionKind;
  /** By the start as cron has it, `2026-11-24T03:00` in UTC: what happens instead of a normal run. */
  planted?: Record<string, Planted>;
};
export type Planted = {
  absent?: true;
  lateSeconds?: number;
  seconds?: number;
  endless?: true;
  outcome?: ExecutionOutcome;
};

type Sent = { at: Micros; body: Record<string, unknown> };

/** Starts and ends in the order in which they are reported: each when it takes place. */
export function reportsOf(plans: readonly Plan[], from: Micros, to: Micros): Sent[] {
  const sent: Sent[] = [];
  for (const { process, cron, timeZone, seconds, kind = "cron", planted = {} } of plans)
    for (const start of new CronSchedule(cron, timeZone).starts(from / 1000, to / 1000)) {
      const name = new Date(start).toISOString().slice(0, 16);
      const one = planted[name] ?? {};
      if (one.absent) continue;
      // Seconds of jitter, the same in every run of the test.
      const begin = start * 1000 + ((start / 60_000) % 4) * 1_000_000 + (one.lateSeconds ?? 0) * 1_000_000;
      const base = { id: `${process}-${name}`, process, kind, startedAt: formatInstant(begin) };
      sent.push({ at: begin, body: base });
      if (one.endless) continue;
      const end = begin + (one.seconds ?? seconds) * 1_000_000;
      const outcome = one.outcome ?? "ok";
      sent.push({ at: end, body: { ...base, endedAt: formatInstant(end), outcome } });
    }
  return sent.toSorted((a, b) => a.at - b.at);
}

/** Every two hours, and every ten minutes of the hours named, e.g. `2026-11-27T09`. */
export function stepsOf(from: Micros, to: Micros, close: readonly string[] = []): Micros[] {
  const steps: Micros[] = [];
  for (let now = from; now <= to; now += 600 * 1_000_000)
    if ((now / 1_000_000) % 7200 === 0 || close.includes(formatInstant(now).slice(0, 13))) steps.push(now);
  return steps;
}

/** Moves the clock in steps; at each what was due is sent by `send`, then the hub sweeps. */
export async function play(
  { hub, clock }: Pick<HubUnderTest, "hub" | "clock">,
  reports: readonly Sent[],
  steps: readonly Micros[],
  send: (bodies: Record<string, unknown>[], now: Micros) => Promise<void>,
): Promise<void> {
  const sweep = new Sweep({ ...hub, everySeconds: 7200 });
  let next = 0;
  for (const now of steps) {
    clock.set(formatInstant(now));
    const due: Record<string, unknown>[] = [];
    for (; next < reports.length && reports[next]!.at <= now; next++) due.push(reports[next]!.body);
    if (due.length > 0) await send(due, now);
    if ((now / 1_000_000) % 86_400 === 0) await hub.normals.fit();
    await sweep.tick();
  }
}
