/**
 * What each accepted culprit costs each of its victims. A pair whose cost can't be told from nothing is dropped, and with
 * its pairs a culprit that is left without the evidence to be one. The costs of one culprit's victims are drawn towards
 * their mean as far as their errors explain how they differ (DerSimonian & Laird 1986).
 */
import { busyTime, type BusyTime } from "../../busy.ts";
import type { CaseFile } from "./case-file.ts";
import type { GroupRuns } from "../grouped-runs.ts";
import type { Normal } from "../normals.ts";
import { plannedEnds } from "./planned-exposure.ts";
import { costsOf, type CostEstimate, type PerSecond } from "./seconds.ts";
import { isEvidence, type Accepted } from "./selection.ts";

export type Charge = {
  unit: Accepted;
  victim: number;
  /** The groups of the unit beside it. */
  suspects: number[];
  actual: BusyTime;
  planned: BusyTime;
  perSecond: PerSecond;
  /** Standard error of that. */
  error: number;
  /** Standard deviation of the cost from run to run. */
  runSpread: number;
};

type Drawn = Pick<Charge, "perSecond" | "error">;
type Open = Omit<Charge, keyof Drawn | "runSpread">;

export function chargesOf(
  file: CaseFile,
  runs: readonly GroupRuns[],
  normals: readonly (Normal | null)[],
  accepted: readonly Accepted[],
): Charge[] {
  let open = accepted.flatMap((unit) => openCharges(unit, runs, normals));
  for (;;) {
    const estimates = estimated(file, open);
    const kept = open.filter((charge) => estimates.get(charge)!.low > 0);
    const standing = kept.filter(({ unit }) =>
      isEvidence(
        kept
          .filter((other) => other.unit === unit)
          .map(({ victim }) =>
            Math.max(...unit.pairs.filter((pair) => pair.victim === victim).map(({ z }) => z)),
          ),
      ),
    );
    if (standing.length === open.length) return pooled(open, estimates);
    open = standing;
  }
}

function openCharges(
  unit: Accepted,
  runs: readonly GroupRuns[],
  normals: readonly (Normal | null)[],
): Open[] {
  return [...new Set(unit.pairs.map((pair) => pair.victim))].map((victim) => {
    const suspects = unit.pairs.filter((pair) => pair.victim === victim).map(({ suspect }) => suspect);
    return {
      unit,
      victim,
      suspects,
      actual: busyOfAll(suspects.map((suspect) => runs[suspect]!)),
      planned: plannedOfAll(suspects, runs, normals),
    };
  });
}

function estimated(file: CaseFile, open: readonly Open[]): Map<Open, CostEstimate> {
  const byVictim = new Map<number, Open[]>();
  for (const charge of open) {
    const own = byVictim.get(charge.victim);
    if (own) own.push(charge);
    else byVictim.set(charge.victim, [charge]);
  }
  const estimates = new Map<Open, CostEstimate>();
  for (const [victim, charges] of byVictim) {
    const costs = costsOf(file.observationsOf(victim)!, charges);
    for (const [k, charge] of charges.entries()) estimates.set(charge, costs[k]!);
  }
  return estimates;
}

function pooled(open: readonly Open[], estimates: ReadonlyMap<Open, CostEstimate>): Charge[] {
  const units = new Map<Accepted, Open[]>();
  for (const charge of open) units.set(charge.unit, [...(units.get(charge.unit) ?? []), charge]);
  return [...units.values()].flatMap((charges) => {
    const own = charges.map((charge) => estimates.get(charge)!);
    const drawn = towardsMean(own);
    return charges.map((charge, k) => ({ ...charge, ...drawn[k]!, runSpread: own[k]!.runSpread }));
  });
}

function towardsMean(own: readonly CostEstimate[]): Drawn[] {
  const weights = own.map(({ error }) => 1 / error ** 2);
  const sum = (of: (k: number) => number) => own.reduce((total, _, k) => total + of(k), 0);
  const all = sum((k) => weights[k]!);
  const mean = sum((k) => weights[k]! * own[k]!.value) / all;
  const apart = sum((k) => weights[k]! * (own[k]!.value - mean) ** 2) - (own.length - 1);
  const variance = Math.max(0, apart / (all - sum((k) => weights[k]! ** 2) / all));
  return own.map(({ value, low, high, error }) => {
    if (own.length < 3) return { perSecond: { value, low, high }, error };
    // Never nearer to the mean than the mean itself is known.
    const trust = variance / (variance + error ** 2);
    const drawn = trust * value + (1 - trust) * mean;
    const left = Math.sqrt(trust * error ** 2 + (1 - trust) ** 2 / all);
    return {
      perSecond: {
        value: drawn,
        low: Math.max(0, drawn - 1.96 * left),
        high: Math.min(1, drawn + 1.96 * left),
      },
      error: left,
    };
  });
}

/** When any of them ran: being there twice slows nobody twice. */
function busyOfAll(all: readonly Pick<GroupRuns, "start" | "end">[]): BusyTime {
  const order = all
    .flatMap(({ start, end }) => Array.from(start, (at, i): [number, number] => [at, end[i]!]))
    .sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [start, end] of order) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return busyTime(
    Float64Array.from(joined, ([start]) => start),
    Float64Array.from(joined, ([, end]) => end),
  );
}

function plannedOfAll(
  suspects: readonly number[],
  runs: readonly GroupRuns[],
  normals: readonly (Normal | null)[],
): BusyTime {
  return busyOfAll(
    suspects.map((suspect) => ({
      start: runs[suspect]!.start,
      end: plannedEnds(runs[suspect]!, normals[suspect]!),
    })),
  );
}
