/** The parts of a run's duration, for the stacked bar: what is normal, what each cause cost, what nobody can explain. */
import type { Why } from "@culprit/protocol";
import type { SharePart } from "@culprit/charts";
import { m } from "@culprit/messages";
import { rangeText } from "../ui/range-words.ts";

/** `processes`: names of those that are blamed for it. */
export type RunPart = SharePart & { low?: number; high?: number; processes: readonly string[] };

/** Empty for a run that goes on or that has no normal yet. */
export function partsOf({ execution, normal, excessSeconds, shares }: Why, locale: string): RunPart[] {
  const { durationSeconds } = execution;
  if (durationSeconds === undefined || !normal) return [];
  // A run that was faster than usual has no parts beyond its own length.
  const beyond = Math.max(0, Math.min(durationSeconds, excessSeconds));
  const parts: RunPart[] = [
    { name: m.normal(), kind: "normal", seconds: durationSeconds - beyond, processes: [] },
  ];
  if (beyond === 0) return parts;
  for (const share of shares) {
    if (share.seconds <= 0) continue;
    const kind = share.cause === "process" || share.cause === "group" ? "cause" : share.cause;
    const { seconds, low, high, process, processes = process === undefined ? [] : [process] } = share;
    parts.push({
      name: shareName(share),
      kind,
      seconds,
      low,
      high,
      range: rangeText(share, locale),
      processes,
    });
  }
  const named = parts.slice(1).reduce((sum, { seconds }) => sum + seconds, 0);
  // The hub's shares add up to the excess; without any, all of it is unexplained.
  if (named === 0)
    parts.push({ name: m.cause_unexplained(), kind: "unexplained", seconds: beyond, processes: [] });
  return parts;
}

function shareName({
  cause,
  process,
  processes = [],
  machine,
  slowerMachine,
}: Why["shares"][number]): string {
  switch (cause) {
    case "process": {
      const name = process ?? "";
      return machine === undefined ? name : `${name} (${machine})`;
    }
    case "group":
      return m.cause_group({ processes: processes.join(", ") });
    case "own-work":
      return m.cause_own_work();
    case "host":
      return slowerMachine ? m.cause_slower_machine() : m.cause_host();
    case "unexplained":
      return m.cause_unexplained();
    default:
      return cause satisfies never;
  }
}
