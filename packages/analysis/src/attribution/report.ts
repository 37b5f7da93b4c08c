/** From the accepted culprits to what each costs each victim, and to the findings that people read. */
import { deviationOf, logDuration } from "../baseline.ts";
import type { BusyTime } from "../busy.ts";
import { chargesOf, type Charge } from "./charges.ts";
import type { CaseFile } from "./case-file.ts";
import { normalAt, usualSeconds, type Normal } from "./normals.ts";
import { namedPart } from "./explain-run.ts";
import type { CulpritFinding, NotSeparable, VictimFinding } from "./findings.ts";
import type { FirstLook } from "./first-look.ts";
import type { GroupRuns } from "./grouped-runs.ts";
import type { AttributionModel, Cost } from "./model.ts";
import { falseAccusationRate } from "./own-control.ts";
import type { Observations } from "./observations.ts";
import { exposedShare } from "./pair-score.ts";
import { exposures, timesBeside } from "./planned-exposure.ts";
import type { Accepted } from "./selection.ts";

export function report(
  file: CaseFile,
  runs: readonly GroupRuns[],
  normals: (Normal | null)[],
  accepted: readonly Accepted[],
  { notEnough, weighed }: Pick<FirstLook, "notEnough" | "weighed">,
): AttributionModel {
  const charges = chargesOf(file, runs, normals, accepted);
  const costs: Cost[][] = runs.map(() => []);
  for (const { victim, suspects, perSecond, error, runSpread } of charges)
    costs[victim]!.push({ suspects, perSecond, error, runSpread });
  const culprits: CulpritFinding[] = [];
  const notSeparable: NotSeparable[] = [];
  for (const unit of new Set(charges.map((charge) => charge.unit))) {
    const own = charges.filter((charge) => charge.unit === unit);
    const victims = own
      .map((charge) => victimFinding(file.observationsOf(charge.victim)!, runs[charge.victim]!, charge))
      .toSorted((a, b) => b.seconds - a.seconds);
    const total = totalOf(victims);
    if (unit.processes.length === 1) {
      culprits.push({
        process: unit.processes[0]!,
        causedSeconds: total.seconds,
        low: total.low,
        high: total.high,
        victims,
        basis: "log",
      });
    } else {
      const groups = [...new Set(own.flatMap(({ suspects }) => suspects))].toSorted((a, b) => a - b);
      notSeparable.push({
        groups,
        victims: victims.map(({ group }) => group),
        ...total,
        experiment: experimentOf(groups, normals),
      });
    }
  }
  const slow = slowRuns(runs, normals, charges);
  return {
    normals,
    costs,
    weighed,
    demand: null,
    findings: {
      culprits: culprits.toSorted((a, b) => b.causedSeconds - a.causedSeconds),
      notSeparable: notSeparable.toSorted((a, b) => b.seconds - a.seconds),
      notEnough,
      slowRuns: slow.count,
      coverage: slow.count === 0 ? null : slow.definite / slow.count,
      falseAccusationRate: falseAccusationRate(file, culprits.length),
    },
  };
}

function victimFinding(observations: Observations, runs: GroupRuns, charge: Charge): VictimFinding {
  const beside = secondsBeside(runs, charge.actual);
  const x = exposures(observations, charge.planned);
  const ratio = (i: number) => Math.exp(logDuration(observations.seconds[i]!) - observations.level[i]!);
  const which = [...x.keys()];
  const exposed = Float64Array.from(
    which.filter((i) => x[i]! > exposedShare),
    ratio,
  );
  const unexposed = Float64Array.from(
    which.filter((i) => !(x[i]! > exposedShare)),
    ratio,
  );
  const { value, low, high } = charge.perSecond;
  const pairs = charge.unit.pairs.filter(({ victim }) => victim === charge.victim);
  return {
    group: charge.victim,
    seconds: value * beside,
    low: low * beside,
    high: high * beside,
    slowdownPerSecond: value,
    exposedRuns: exposed.length,
    unexposedRuns: unexposed.length,
    q: Math.max(...pairs.map(({ q }) => q)),
    exposed,
    unexposed,
  };
}

function secondsBeside({ start, end, timed }: GroupRuns, busy: BusyTime): number {
  return timesBeside(start, end, busy).reduce((sum, seconds, i) => sum + (timed[i] ? seconds : 0), 0);
}

/** Errors of different victims are taken as independent. */
function totalOf(victims: readonly VictimFinding[]): { seconds: number; low: number; high: number } {
  const sum = (of: (victim: VictimFinding) => number) => victims.reduce((total, one) => total + of(one), 0);
  const seconds = sum((one) => one.seconds);
  return {
    seconds,
    low: Math.max(0, seconds - Math.sqrt(sum((one) => (one.seconds - one.low) ** 2))),
    high: seconds + Math.sqrt(sum((one) => (one.high - one.seconds) ** 2)),
  };
}

/** The one whose others are done soonest starts after them, in whole 5 minutes. */
function experimentOf(
  groups: readonly number[],
  normals: readonly (Normal | null)[],
): NotSeparable["experiment"] {
  const normal = (group: number) => usualSeconds(normals[group]!, Infinity) ?? 0;
  const longest = groups.toSorted((a, b) => normal(b) - normal(a));
  const [group] = longest;
  const others = longest.length > 1 ? normal(longest[1]!) : 0;
  return { group: group!, shiftSeconds: Math.max(1, Math.ceil(others / 300)) * 300 };
}

/** Of each slow run: whether one culprit has enough of its excess. */
function slowRuns(
  runs: readonly GroupRuns[],
  normals: readonly (Normal | null)[],
  charges: readonly Charge[],
): { count: number; definite: number } {
  let count = 0;
  let definite = 0;
  for (const [group, { start, end, timed }] of runs.entries()) {
    const normal = normals[group];
    if (!normal) continue;
    const slow = [...start.keys()].filter(
      (i) => timed[i] && deviationOf(end[i]! - start[i]!, normalAt(normal, start[i]!))?.direction === "slow",
    );
    count += slow.length;
    const from = Float64Array.from(slow, (i) => start[i]!);
    const to = Float64Array.from(slow, (i) => end[i]!);
    const blamed = charges
      .filter(({ victim, unit }) => victim === group && unit.processes.length === 1)
      .map(({ perSecond, actual }) =>
        timesBeside(from, to, actual).map((seconds) => seconds * perSecond.value),
      );
    for (let k = 0; k < slow.length; k++) {
      const excess = to[k]! - from[k]! - normalAt(normal, from[k]!).medianSeconds;
      if (blamed.some((seconds) => seconds[k]! >= namedPart * excess)) definite++;
    }
  }
  return { count, definite };
}
