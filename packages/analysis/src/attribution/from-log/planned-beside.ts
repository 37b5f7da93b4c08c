/**
 * Who was planned beside one run, and what each alone shows with its group: by how much ln d grows with an exposure to it.
 * Those are first looks, in which others that come at the same time show as well.
 */
import type { Evidence } from "../evidence.ts";
import type { AttributionModel } from "../model.ts";
import { levelAt, type Normal } from "../normals.ts";
import { exposedShare } from "./pair-score.ts";

/** `slope` and its `error` are NaN where the two met too seldom to tell. */
export type Beside = { group: number; exposure: number; slope: number; error: number };

/** A slope of so many standard errors makes suspect. */
export const suspicious = 2.5;

/** `planned`: how long the run should have taken, seconds. */
export function plannedBeside(
  { weighed, normals }: AttributionModel,
  { log, groups, sharedBy }: Evidence,
  run: number,
  planned: number,
): Beside[] {
  const own = log.group[run]!;
  const until = log.start[run]! + planned;
  const placeOf = (group: number) => sharedBy?.[groups.machine[group]!] ?? groups.machine[group]!;
  const exposures = new Map<number, number>();
  for (let i = 0; i < log.start.length; i++) {
    const group = log.group[i]!;
    if (groups.process[group] === groups.process[own] || placeOf(group) !== placeOf(own)) continue;
    const usually = plannedEnd(normals[group] ?? null, log.start[i]!, log.end[i]!);
    const seconds = Math.min(until, usually) - Math.max(log.start[run]!, log.start[i]!);
    if (seconds > 0) exposures.set(group, (exposures.get(group) ?? 0) + seconds / planned);
  }
  const known = weighed[own];
  return Array.from(exposures, ([group, exposure]) => {
    const at = known?.group.indexOf(group) ?? -1;
    return { group, exposure, slope: known?.slope[at] ?? NaN, error: known?.error[at] ?? NaN };
  }).filter(({ exposure }) => exposure > exposedShare);
}

/** Whether another than these shows `part` or more of the logarithm of the run's slowdown by itself. */
export function hasRival(beside: readonly Beside[], groups: readonly number[], part: number): boolean {
  return beside.some(
    ({ group, exposure, slope, error }) =>
      !groups.includes(group) && slope > suspicious * error && slope * exposure >= part,
  );
}

function plannedEnd(normal: Normal | null, start: number, end: number): number {
  return normal ? start + Math.exp(levelAt(normal, start)) : end;
}
