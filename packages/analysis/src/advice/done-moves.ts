/** Processes whose regular starts moved for good within the window, and what that gained those beside them. */
import { busyTime } from "../busy.ts";
import { changedOf, changedOfMover, measuredSaving, type Changed } from "./measured-move.ts";
import { findMovedStarts } from "./moved-starts.ts";
import { day, newestStart, reachWithin, type Plan } from "./plan.ts";
import type { Saving } from "./what-if.ts";

export type DoneMove = Saving & {
  group: number;
  /** The first start at a new time, seconds since 1970. */
  movedAt: number;
  shiftSeconds: number;
  /** Runs that were compared: of the process itself, and those that it stood beside or stands beside now. */
  runsBefore: number;
  runsAfter: number;
  /** Those that gained or lost; the largest first. */
  groups: (Saving & { group: number })[];
};

/** More neighbours than this are not looked at: the largest ones by their number of runs. */
const mostNeighbours = 300;

/** The latest first. `zones`: by machine, IANA names. */
export function doneMoves(plan: Plan, zones: readonly string[]): DoneMove[] {
  const moves: DoneMove[] = [];
  const newest = newestStart(plan);
  for (const group of plan.runs.keys()) {
    const move = doneMove(plan, group, newest, zones[plan.machine[group]!] ?? "UTC");
    if (move) moves.push(move);
  }
  return moves.toSorted((a, b) => b.movedAt - a.movedAt || a.group - b.group);
}

function doneMove(plan: Plan, group: number, newest: number, zone: string): DoneMove | null {
  const { start, end } = plan.runs[group]!;
  const found = findMovedStarts(start, zone);
  if (!found) return null;
  const window = {
    from: start[found.from]!,
    at: start[found.at]!,
    to: newest,
    shiftSeconds: found.shiftSeconds,
    mover: busyTime(start, end),
  };
  const days = (window.to - window.from) / day;
  const changed: { group: number; of: Changed }[] = [];
  const own = changedOfMover(plan.runs[group]!, window);
  if (own) changed.push({ group, of: own });
  for (const victim of neighboursOf(plan, group)) {
    const of = changedOf(plan.runs[victim]!, window);
    if (of) changed.push({ group: victim, of });
  }
  const together = measuredSaving(
    changed.map(({ of }) => of),
    days,
  );
  if (!together) return null;
  return {
    group,
    movedAt: window.at,
    shiftSeconds: found.shiftSeconds,
    ...together,
    runsBefore: changed.reduce((sum, { of }) => sum + of.before.length, 0),
    runsAfter: changed.reduce((sum, { of }) => sum + of.after.length, 0),
    groups: changed
      .flatMap(({ group: one, of }) => {
        const saving = measuredSaving([of], days);
        return saving ? [{ group: one, ...saving }] : [];
      })
      .toSorted((a, b) => Math.abs(b.savingSeconds) - Math.abs(a.savingSeconds)),
  };
}

/** Those known to suffer from it; where none is known, all that it can reach. */
function neighboursOf({ rates, runs, machine, sharedBy }: Plan, group: number): number[] {
  const known = rates.filter(({ suspect }) => suspect === group).map(({ victim }) => victim);
  if (known.length > 0) return [...new Set(known)];
  const reach = reachWithin(sharedBy);
  return [...runs.keys()]
    .filter((one) => one !== group && reach(machine[group]!, machine[one]!))
    .toSorted((a, b) => runs[b]!.start.length - runs[a]!.start.length)
    .slice(0, mostNeighbours);
}
