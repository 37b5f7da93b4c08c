/**
 * Herds: groups on one machine that nearly always start in the same minute. From start times alone nothing tells which of them
 * slows others down, and they crowd each other more than they would some minutes apart.
 *
 * Two belong together if of the minutes in which either starts, at least `alike` are the same (Jaccard 1901), by their
 * newest `looked` ones; a herd is what such pairs connect.
 */
import { isTimeZone, offsetsWithin } from "../schedule/zone.ts";
import { day, type Plan } from "./plan.ts";

export type Herd = {
  machine: number;
  groups: number[];
  /** Seconds after local midnight, ascending: when they usually start together. Empty if there is no usual time. */
  times: number[];
  /** How often all but a few of them started in the same minute. */
  together: number;
  /** Run time of all of them in a day. */
  secondsPerDay: number;
};

type HerdWish = { zones: readonly string[]; movable: Uint8Array };

const alike = 0.8;
const looked = 400;
const leastTogether = 5;
/** Of one machine, those with most run time: thousands of names would take pairs by the million. */
const mostGroups = 300;
/** A time of day is usual if it comes a quarter as often as the most usual one. */
const usualPart = 0.25;
const minute = 60;

/** `zones` by machine. Most run time first. */
export function herdsOf(plan: Plan, { zones, movable }: HerdWish): Herd[] {
  const machines = [...new Set(plan.machine)];
  return machines
    .flatMap((machine) => {
      const groups = candidates(plan, machine, movable);
      return connected(groups, pairsAlike(groups.map((group) => minutesOf(plan, group)))).flatMap((members) =>
        herdOf(plan, members, zones[machine] ?? "UTC"),
      );
    })
    .toSorted((a, b) => b.secondsPerDay - a.secondsPerDay);
}

function candidates(plan: Plan, machine: number, movable: Uint8Array): number[] {
  return plan.runs
    .flatMap(({ start }, group) =>
      plan.machine[group] === machine && movable[group] === 1 && start.length >= leastTogether ? [group] : [],
    )
    .map((group) => ({ group, seconds: secondsIn(plan, group) }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, mostGroups)
    .map(({ group }) => group);
}

const secondsIn = ({ runs }: Plan, group: number): number => {
  const { start, end } = runs[group]!;
  return start.reduce((sum, at, i) => sum + end[i]! - at, 0);
};

/** Since 1970, ascending, each once: the newest ones. */
function minutesOf({ runs }: Plan, group: number): number[] {
  const { start } = runs[group]!;
  const minutes: number[] = [];
  for (let i = start.length - 1; i >= 0 && minutes.length < looked; i--) {
    const at = Math.floor(start[i]! / minute);
    if (at !== minutes.at(-1)) minutes.push(at);
  }
  return minutes.toReversed();
}

/** Pairs of places in the list. */
function pairsAlike(minutes: readonly (readonly number[])[]): [number, number][] {
  const at = new Map<number, number[]>();
  for (const [one, its] of minutes.entries())
    for (const each of its) {
      const others = at.get(each);
      if (others) others.push(one);
      else at.set(each, [one]);
    }
  const shared = new Map<number, number>();
  for (const those of at.values())
    for (const [k, a] of those.entries())
      for (const b of those.slice(k + 1)) {
        const key = a * mostGroups + b;
        shared.set(key, (shared.get(key) ?? 0) + 1);
      }
  return [...shared].flatMap(([key, both]): [number, number][] => {
    const [a, b] = [Math.floor(key / mostGroups), key % mostGroups];
    const either = minutes[a]!.length + minutes[b]!.length - both;
    return both >= leastTogether && both >= alike * either ? [[a, b]] : [];
  });
}

/** The groups of each set of at least two that pairs connect. */
function connected(groups: readonly number[], pairs: readonly [number, number][]): number[][] {
  const leader = groups.map((_, at) => at);
  const leaderOf = (at: number): number => (leader[at] === at ? at : leaderOf(leader[at]!));
  for (const [a, b] of pairs) leader[leaderOf(a)] = leaderOf(b);
  const sets = new Map<number, number[]>();
  for (const [at, group] of groups.entries()) {
    const set = sets.get(leaderOf(at));
    if (set) set.push(group);
    else sets.set(leaderOf(at), [group]);
  }
  return [...sets.values()].filter(({ length }) => length > 1);
}

/** None if they hardly ever start all together: a chain of pairs may connect what never meets. */
function herdOf(plan: Plan, groups: number[], zone: string): Herd[] {
  const starting = new Map<number, number>();
  for (const group of groups)
    for (const at of minutesOf(plan, group)) starting.set(at, (starting.get(at) ?? 0) + 1);
  const minutes = [...starting].filter(([, count]) => count >= alike * groups.length).map(([at]) => at);
  if (minutes.length < leastTogether) return [];
  const days = plan.span / day;
  return [
    {
      machine: plan.machine[groups[0]!]!,
      groups,
      times: usualTimes(minutes, isTimeZone(zone) ? zone : "UTC"),
      together: minutes.length,
      secondsPerDay: groups.reduce((sum, group) => sum + secondsIn(plan, group), 0) / days,
    },
  ];
}

function usualTimes(minutes: readonly number[], zone: string): number[] {
  const counts = new Map<number, number>();
  const instants = minutes.map((at) => at * minute * 1000);
  const offsetOf = offsetsWithin(zone, Math.min(...instants), Math.max(...instants));
  for (const instant of instants) {
    const time = ((((instant + offsetOf(instant)) / 1000) % day) + day) % day;
    counts.set(time, (counts.get(time) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  if (most < 2) return [];
  return [...counts]
    .filter(([, count]) => count >= usualPart * most)
    .map(([time]) => time)
    .toSorted((a, b) => a - b);
}
