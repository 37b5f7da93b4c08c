/** From the accepted culprits to what each costs each victim, and to the findings that people read. */
import { logDuration } from "../../baseline.ts";
import type { BusyTime } from "../../busy.ts";
import { chargesOf, type Charge } from "./charges.ts";
import type { CaseFile } from "./case-file.ts";
import { usualSeconds, type Normal } from "../normals.ts";
import { hiddenOf, type Hidden } from "./hidden-causes.ts";
import type { CulpritFinding, NotSeparable, VictimFinding } from "../findings.ts";
import type { GroupRuns } from "../grouped-runs.ts";
import type { Cost } from "../model.ts";
import type { Observations } from "./observations.ts";
import { exposedShare } from "./pair-score.ts";
import { exposures, timesBeside } from "./planned-exposure.ts";
import type { Accepted } from "./selection.ts";

/** `costs`: by group as victim. */
type Report = {
  costs: Cost[][];
  hidden: (Hidden | null)[];
  culprits: CulpritFinding[];
  notSeparable: NotSeparable[];
};

export function report(
  file: CaseFile,
  runs: readonly GroupRuns[],
  normals: (Normal | null)[],
  accepted: readonly Accepted[],
): Report {
  const charges = chargesOf(file, runs, normals, accepted);
  const costs: Cost[][] = runs.map(() => []);
  for (const { victim, suspects, perSecond, error, runSpread } of charges)
    costs[victim]!.push({ suspects, perSecond, error, runSpread });
  const hidden = costs.map((own, victim) =>
    own.length === 0
      ? null
      : hiddenBeside(
          file.observationsOf(victim)!,
          charges.filter((charge) => charge.victim === victim),
        ),
  );
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
        reason: "together",
        groups,
        victims: victims.map(({ group }) => group),
        ...total,
        experiment: experimentOf(groups, normals),
      });
    }
  }
  return {
    costs,
    hidden,
    culprits: withoutTrifles(file, culprits, notSeparable).toSorted(
      (a, b) => b.causedSeconds - a.causedSeconds,
    ),
    notSeparable: notSeparable.toSorted((a, b) => b.seconds - a.seconds),
  };
}

/** Whoever costs less than this part of all that is found in its place is not worth a name. */
const leastOfPlace = 0.01;

function withoutTrifles(
  file: CaseFile,
  culprits: readonly CulpritFinding[],
  notSeparable: readonly NotSeparable[],
): CulpritFinding[] {
  const found = new Map<number, number>();
  const add = (victim: number, seconds: number) => {
    const place = file.placeOf(victim);
    found.set(place, (found.get(place) ?? 0) + seconds);
  };
  for (const { victims } of culprits) for (const { group, seconds } of victims) add(group, seconds);
  for (const { groups, seconds } of notSeparable) add(groups[0]!, seconds);
  return culprits.filter(({ causedSeconds, victims }) =>
    victims.some(({ group }) => causedSeconds >= leastOfPlace * found.get(file.placeOf(group))!),
  );
}

/** Of the runs that none of the charged was planned beside. */
function hiddenBeside(observations: Observations, charges: readonly Charge[]): Hidden {
  const met = charges.map(({ planned }) => exposures(observations, planned));
  const alone = [...observations.seconds.keys()].filter((i) => met.every((x) => !(x[i]! > exposedShare)));
  return hiddenOf(
    alone.map((i) => observations.seconds[i]!),
    alone.map((i) => observations.planned[i]!),
  );
}

function victimFinding(observations: Observations, runs: GroupRuns, charge: Charge): VictimFinding {
  const beside = secondsBeside(runs, charge.actual);
  const x = exposures(observations, charge.planned);
  const ratio = (i: number) => Math.exp(logDuration(observations.seconds[i]!)) / observations.planned[i]!;
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
