/**
 * Which suspects are guilty: the strongest is accepted, what it explains is taken out, the rest are judged anew, until no
 * one is found at a false-discovery rate of 1% over suspects. A suspect is a process; its evidence are its pairs.
 *   - Two victims must show it, or a single one far beyond doubt.
 *   - One that no longer stands beside a rival with the same victims gives way to it; where neither stands beside the other,
 *     or their exposures are the same (R^2 >= 0.85), they are not separable and accepted together.
 */
import type { CaseFile, Pair } from "./case-file.ts";
import { leastScore, type FirstLook } from "./first-look.ts";
import { alike } from "./entangled.ts";
import {
  haveCommonCause,
  repeatedScore,
  scoresBeforeLateness,
  scoresBesideSharedCause,
} from "./objections.ts";
import { falseDiscoveryRates, simes, upperTail } from "./false-discovery.ts";

/** One culprit, or several that can't be told apart. */
export type Accepted = { processes: number[]; pairs: AcceptedPair[] };
export type AcceptedPair = Pair & { q: number };

type Suspicion = { process: number; pairs: Pair[]; tests: number; p: number; q: number };

export const rate = 0.01;
const victimScore = 2;
const victimRate = 0.05;
/** A single victim must be this certain. */
const beyondDoubt = { z: 5, p: 1e-5 };
/** Standard errors that a suspect keeps beside a rival. */
const standing = 2.5;
/** A single event has a score of 1 in what differs between days. */
const repeated = 1.75;
/** What a pair must keep beside all rivals at once. */
const ownScore = 1.64;
const mostAccepted = 200;

export function selectCulprits(file: CaseFile, { pairs: looked, tests }: FirstLook): Accepted[] {
  const pairs = [...looked];
  const accepted: Accepted[] = [];
  const judged = new Set<number>();
  /** What others explain may be gone later. */
  const withheld = new Set<number>();
  while (accepted.length < mostAccepted) {
    const suspicions = suspicionsOf(file, pairs, tests, judged);
    const found = suspicions.filter((one) => !withheld.has(one.process) && isFound(one));
    const first = found.reduce<Suspicion | null>((best, one) => (best && best.p <= one.p ? best : one), null);
    if (!first) return retested(file, accepted);
    if (!standsBesideOtherCauses(file, first)) {
      withheld.add(first.process);
      continue;
    }
    withheld.clear();
    const unit = untangle(file, first, suspicions);
    for (const { process } of unit) judged.add(process);
    const touched = new Set<number>();
    const own = pairsOf(file, unit);
    for (const one of unit.length === 1
      ? apart(file, own, looked)
      : [{ processes: processesOf(unit), pairs: own }]) {
      for (const { victim, suspect } of one.pairs) {
        file.explain(victim, suspect);
        touched.add(victim);
      }
      accepted.push(one);
    }
    for (const [i, pair] of pairs.entries())
      if (touched.has(pair.victim))
        pairs[i] = file.score(pair.victim, pair.suspect) ?? { ...pair, z: 0, slope: 0 };
  }
  return retested(file, accepted);
}

const processesOf = (unit: readonly Suspicion[]): number[] => unit.map(({ process }) => process);

/**
 * What one suspect shows beside all that showed something with the same victims: what is its own, if that is evidence, and
 * what it shows no less than several others together, who are not separable from it there.
 */
function apart(file: CaseFile, pairs: readonly AcceptedPair[], looked: readonly Pair[]): Accepted[] {
  const clear: AcceptedPair[] = [];
  const scores: number[] = [];
  const groups = new Map<string, Accepted>();
  for (const pair of pairs) {
    const { victim, suspect } = pair;
    const rivals = looked
      .filter((other) => other.victim === victim && file.processOf(other.suspect) !== file.processOf(suspect))
      .map((other) => other.suspect);
    const { z, rivals: together } = file.entangled(victim, suspect, rivals);
    if (together.length === 0) {
      if (z === null || z <= ownScore) continue;
      clear.push(pair);
      scores.push(Math.min(z, pair.z));
      continue;
    }
    const members = [suspect, ...together.map((position) => rivals[position]!)];
    const processes = [...new Set(members.map((group) => file.processOf(group)))].toSorted((a, b) => a - b);
    const name = processes.join();
    const group = groups.get(name) ?? { processes, pairs: [] };
    group.pairs.push(...members.map((member) => ({ ...pair, suspect: member })));
    groups.set(name, group);
  }
  const isOwn = isEvidence(scores);
  const own: Accepted[] = isOwn ? [{ processes: [file.processOf(clear[0]!.suspect)], pairs: clear }] : [];
  return [...own, ...groups.values()];
}

/** Of one culprit those that show it; of several, each with each victim of any. */
function pairsOf(file: CaseFile, unit: readonly Suspicion[]): AcceptedPair[] {
  const shown = unit.flatMap((suspicion) =>
    victimsOf(suspicion).map((pair) => ({ ...pair, q: suspicion.q })),
  );
  if (unit.length === 1) return shown;
  const victims = new Map(shown.map((pair) => [pair.victim, pair]));
  return [...victims].flatMap(([victim, first]) =>
    unit.flatMap((suspicion) => {
      const own = shown.find(
        (pair) => pair.victim === victim && file.processOf(pair.suspect) === suspicion.process,
      );
      if (own) return [own];
      const suspect = groupBeside(file, suspicion, victim);
      return suspect === undefined ? [] : [{ ...first, suspect }];
    }),
  );
}

/** Those found at a false-discovery rate of 5% over all that the suspect was held against, or the two that make it one. */
function victimsOf({ pairs, tests }: Suspicion): Pair[] {
  const sorted = pairs.filter(({ z }) => z > victimScore).toSorted((a, b) => b.z - a.z);
  let count = Math.min(2, sorted.length);
  for (const [k, { z }] of sorted.entries())
    if (upperTail(z) <= (victimRate * (k + 1)) / tests) count = Math.max(count, k + 1);
  return sorted.slice(0, count);
}

function suspicionsOf(
  file: CaseFile,
  pairs: readonly Pair[],
  tests: ReadonlyMap<number, number>,
  judged: ReadonlySet<number>,
): Suspicion[] {
  const byProcess = new Map<number, Pair[]>();
  for (const pair of pairs) {
    const process = file.processOf(pair.suspect);
    if (pair.z <= leastScore || judged.has(process)) continue;
    const own = byProcess.get(process);
    if (own) own.push(pair);
    else byProcess.set(process, [pair]);
  }
  const suspicions: Suspicion[] = [];
  for (const [process, count] of tests) {
    if (judged.has(process)) continue;
    const own = byProcess.get(process) ?? [];
    const p = simes(
      own.map(({ z }) => upperTail(z)),
      count,
    );
    suspicions.push({ process, pairs: own, tests: count, p, q: 1 });
  }
  const rates = falseDiscoveryRates(Float64Array.from(suspicions, ({ p }) => p));
  for (const [i, suspicion] of suspicions.entries()) suspicion.q = rates[i]!;
  return suspicions;
}

function isFound({ pairs, p, q }: Suspicion): boolean {
  if (q > rate) return false;
  return isEvidence(
    pairs.map(({ z }) => z),
    p,
  );
}

/** Whether the scores of a suspect's victims are enough of them, or one of them beyond doubt. */
export function isEvidence(scores: readonly number[], p = 0): boolean {
  const victims = scores.filter((z) => z > victimScore).length;
  return victims >= 2 || (p <= beyondDoubt.p && scores.some((z) => z >= beyondDoubt.z));
}

/** How many suspects would be accused before anything is explained. */
export function countAccused(file: CaseFile, { pairs, tests }: FirstLook): number {
  return suspicionsOf(file, pairs, tests, new Set()).filter(
    (suspicion) => isFound(suspicion) && standsBesideOtherCauses(file, suspicion),
  ).length;
}

/** Chance twice, what all are slow by at the time, what was late before it came, and what its victims share without it. */
function standsBesideOtherCauses(file: CaseFile, suspicion: Suspicion): boolean {
  const stands = (pairs: Pair[]) => {
    const p = simes(
      pairs.map(({ z }) => upperTail(z)),
      suspicion.tests,
    );
    return isFound({ ...suspicion, pairs, p, q: p });
  };
  const shown = suspicion.pairs.filter(({ z }) => z > victimScore);
  return (
    (repeatedScore(file, shown) ?? repeated) >= repeated &&
    stands(scoresBesideSharedCause(file, suspicion.pairs)) &&
    stands(scoresBeforeLateness(file, suspicion.pairs)) &&
    !haveCommonCause(file, shown)
  );
}

/** The suspect, or the rival that it gives way to, with all that can't be told from it. */
function untangle(file: CaseFile, first: Suspicion, suspicions: readonly Suspicion[]): Suspicion[] {
  let one = first;
  const gaveWay = new Set<number>();
  for (;;) {
    const tied: Suspicion[] = [];
    let stronger: Suspicion | null = null;
    for (const other of suspicions) {
      if (other === one || gaveWay.has(other.process) || !isRival(one, other)) continue;
      const outcome = compare(file, one, other);
      if (outcome === "tied") tied.push(other);
      else if (outcome === "other" && isFound(other)) stronger ??= other;
    }
    if (!stronger) return [one, ...tied];
    gaveWay.add(one.process);
    one = stronger;
  }
}

/** What shows much less than another, in the same place or not, can't be what that one only stands for. */
function isRival(one: Suspicion, other: Suspicion): boolean {
  const strongest = ({ pairs }: Suspicion) => pairs.reduce((most, { z }) => Math.max(most, z), 0);
  return strongest(other) > Math.max(0, strongest(one) / 2 - 1);
}

/** Who of two stands beside the other. */
function compare(file: CaseFile, one: Suspicion, other: Suspicion): "one" | "both" | "other" | "tied" {
  const mine = new Map(one.pairs.filter(({ z }) => z > victimScore).map((pair) => [pair.victim, pair]));
  const theirs = new Map(other.pairs.filter(({ z }) => z > victimScore).map((pair) => [pair.victim, pair]));
  const victims = new Set([...mine.keys(), ...theirs.keys()]);
  let [oneSum, otherSum, shared, same] = [0, 0, 0, 0];
  for (const victim of victims) {
    const a = mine.get(victim);
    const b = theirs.get(victim);
    const rival = b?.suspect ?? groupBeside(file, other, victim);
    const self = a?.suspect ?? groupBeside(file, one, victim);
    if (rival === undefined || self === undefined) {
      oneSum += a?.z ?? 0;
      otherSum += b?.z ?? 0;
      continue;
    }
    shared++;
    if (file.likeness(victim, self, rival) >= alike) {
      same++;
      continue;
    }
    oneSum += file.scoreBeside(victim, self, [rival])?.z ?? 0;
    otherSum += file.scoreBeside(victim, rival, [self])?.z ?? 0;
  }
  if (shared === 0) return "both";
  const told = Math.sqrt(Math.max(1, victims.size - same));
  const stands = oneSum / told >= standing;
  const otherStands = otherSum / told >= standing;
  if (stands) return otherStands ? "both" : "one";
  return otherStands ? "other" : "tied";
}

/** The process's group that touches a victim. */
function groupBeside(file: CaseFile, { pairs }: Suspicion, victim: number): number | undefined {
  return pairs.find(({ suspect }) => file.touches(suspect, victim))?.suspect;
}

/** Without those that the later ones explain; what the others explain is gone from the file. */
function retested(file: CaseFile, accepted: Accepted[]): Accepted[] {
  const victims = new Set(accepted.flatMap(({ pairs }) => pairs.map(({ victim }) => victim)));
  for (const victim of victims) file.reopen(victim);
  let kept = accepted;
  for (const unit of accepted) {
    const pairs = unit.pairs.flatMap((pair) => {
      const others = kept
        .filter((other) => other !== unit)
        .flatMap((other) => other.pairs.filter(({ victim }) => victim === pair.victim))
        .map(({ suspect }) => suspect);
      const again = file.scoreBeside(pair.victim, pair.suspect, others);
      return again && (unit.processes.length > 1 || again.z > victimScore) ? [{ ...again, q: pair.q }] : [];
    });
    const victims = new Map<number, number>();
    for (const { victim, z } of pairs) victims.set(victim, Math.max(z, victims.get(victim) ?? 0));
    const stands = isEvidence([...victims.values()]);
    kept = kept.flatMap((other) => (other === unit ? (stands ? [{ ...unit, pairs }] : []) : [other]));
  }
  for (const { pairs } of kept) for (const { victim, suspect } of pairs) file.explain(victim, suspect);
  return kept;
}
