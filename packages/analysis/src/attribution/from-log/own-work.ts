/**
 * Whether a slow run had more work itself. The log can say so only where it can exclude the others: all that were planned
 * beside the run have been beside its group often enough to know that they can't explain it (the sum of their slopes and
 * twice the error of that stay below half of the logarithm of the slowdown, and none is under suspicion), and other
 * processes on the machine took their usual time meanwhile, so that it was not the machine.
 */
import type { Evidence } from "../evidence.ts";
import { levelAt } from "../normals.ts";
import type { AttributionModel } from "../model.ts";
import { plannedBeside, suspicious } from "./planned-beside.ts";

const leastWitnesses = 3;
/** Spreads from its normal within which a witness took its usual time, and the share of them that must. */
const usual = 2;
const usualShare = 0.8;
/** A witness was there for as much of its own time, and its time is no guess. */
const leastBeside = 0.5;
const mostSpread = 0.4;
const explained = 0.5;

export function isOwnWork(model: AttributionModel, evidence: Evidence, run: number): boolean {
  const { start, end, group } = evidence.log;
  const normal = model.normals[group[run]!];
  if (!normal) return false;
  const level = levelAt(normal, start[run]!);
  const slowdown = Math.log(end[run]! - start[run]!) - level;
  const most = mostByOthers(model, evidence, run, Math.exp(level));
  return most < explained * slowdown && machineWasUsual(model, evidence, run);
}

/** The most that those planned beside the run can add to the logarithm of its duration; Infinity where that is not known. */
function mostByOthers(model: AttributionModel, evidence: Evidence, run: number, planned: number): number {
  if (!model.weighed[evidence.log.group[run]!]) return Infinity;
  let sum = 0;
  let variance = 0;
  for (const { exposure, slope, error } of plannedBeside(model, evidence, run, planned)) {
    if (slope > suspicious * error || Number.isNaN(slope)) return Infinity;
    sum += Math.max(0, slope * exposure);
    variance += (error * exposure) ** 2;
  }
  return sum + 2 * Math.sqrt(variance);
}

function machineWasUsual({ normals }: AttributionModel, { log, groups }: Evidence, run: number): boolean {
  const { start, end, group, timed } = log;
  const witnesses = new Map<number, boolean>();
  for (let i = 0; i < start.length; i++) {
    const normal = normals[group[i]!];
    const process = groups.process[group[i]!]!;
    if (!timed[i] || !normal || normal.spread > mostSpread || process === groups.process[group[run]!])
      continue;
    if (groups.machine[group[i]!] !== groups.machine[group[run]!]) continue;
    const seconds = end[i]! - start[i]!;
    const beside = Math.min(end[i]!, end[run]!) - Math.max(start[i]!, start[run]!);
    if (!(seconds > 0 && beside >= leastBeside * seconds)) continue;
    const distance = Math.log(seconds) - levelAt(normal, start[i]!);
    witnesses.set(
      process,
      (witnesses.get(process) ?? true) && distance < usual * Math.max(normal.spread, 0.05),
    );
  }
  const fine = [...witnesses.values()].filter(Boolean).length;
  return witnesses.size >= leastWitnesses && fine >= usualShare * witnesses.size;
}
