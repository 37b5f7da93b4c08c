/** The ranking of culprits over a window, from a fit. */
import { formatInstant, type Culprit, type Culprits, type Victim } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { culpritsText, culpritText, notSeparableText } from "../culprits-text.ts";
import type { Place } from "../run-model.ts";
import type { Locale } from "../why-text.ts";
import { askedFit, type WindowWish } from "./asked-fit.ts";
import type { Fitted } from "./attribution.ts";
import type { Found, FoundCulprit, FoundGroup, FoundVictim } from "./found.ts";
import { keptRanking, rankingOf, type Ranking } from "./kept-rankings.ts";
import { namesOf, type Named } from "./placed.ts";

type Query = WindowWish & {
  process?: string | undefined;
  victim?: string | undefined;
  machine?: string | undefined;
};

/** Ids; undefined for any. The machine is that of the victims. */
type Wanted = {
  processId: number | undefined;
  victimId: number | undefined;
  machineId: number | undefined;
};

/** A window that nobody waits for any more (`gone`) is not fitted. */
export async function listCulprits(
  hub: Hub,
  query: Query,
  locale: Locale,
  gone?: AbortSignal,
): Promise<Ranking> {
  const wanted = await readWanted(hub, query);
  const { window, fitted } = await askedFit(hub, query, gone);
  if (!fitted)
    return rankingOf(await present(hub, { window, fittedAt: null, found: nothing }, wanted, locale));
  const question = [wanted.processId, wanted.victimId, wanted.machineId, locale];
  return keptRanking(hub.fleet, fitted, question, () => present(hub, fitted, wanted, locale));
}

const nothing: Found = {
  culprits: [],
  notSeparable: [],
  notEnough: [],
  slowRuns: 0,
  coverage: null,
  falseAccusationRate: null,
};

async function readWanted({ catalogue, fleet }: Hub, { process, victim, machine }: Query): Promise<Wanted> {
  const idOf = async (reference: string | undefined) =>
    reference === undefined ? undefined : (await catalogue.process(reference)).processId;
  return {
    processId: await idOf(process),
    victimId: await idOf(victim),
    machineId: machine === undefined ? undefined : fleet.machine(machine).machineId,
  };
}

async function present(
  hub: Hub,
  { window, fittedAt, found }: Pick<Fitted, "window" | "found"> & { fittedAt: number | null },
  wanted: Wanted,
  locale: Locale,
): Promise<Culprits> {
  const culprits = wantedCulprits(found.culprits, wanted);
  const groups = found.notSeparable.filter(
    ({ processes, victims }) => isWanted(wanted, processes) && isHarmed(wanted, victims),
  );
  const pairs = found.notEnough.filter(
    ({ suspect, victim }) => isWanted(wanted, [suspect]) && isHarmed(wanted, [victim]),
  );
  const named = await namesOf(hub, [
    ...culprits.flatMap(({ processId, victims }) => [
      processId,
      ...victims.map(({ place }) => place.processId),
    ]),
    ...groups.flatMap(({ processes, victims }) =>
      [...processes, ...victims].map(({ processId }) => processId),
    ),
    ...pairs.flatMap(({ suspect, victim }) => [suspect.processId, victim.processId]),
  ]);
  const shown = { from: formatInstant(window.from), to: formatInstant(window.to) };
  const answer = {
    window: shown,
    fittedAt: fittedAt === null ? null : formatInstant(fittedAt),
    progress: fittedAt === null ? hub.attribution.progress : null,
    culprits: culprits.map((one) => {
      const culprit = presentCulprit(one, named);
      return { ...culprit, text: culpritText(culprit, shown, locale) };
    }),
    notSeparable: groups.map((one) => {
      const group = presentGroup(one, named);
      return { ...group, text: notSeparableText(group, shown, locale) };
    }),
    notEnough: pairs.map(({ suspect, victim, ...runs }) => ({
      suspect: named(suspect),
      victim: named(victim),
      ...runs,
    })),
    slowRuns: found.slowRuns,
    coverage: found.coverage,
    falseAccusationRate: found.falseAccusationRate,
  };
  return { ...answer, text: culpritsText(answer, locale) };
}

/** Of some victims alone, what these lost; the bounds of a sum of some lie within the sums of their bounds. */
function wantedCulprits(culprits: readonly FoundCulprit[], wanted: Wanted): FoundCulprit[] {
  return culprits
    .filter(({ processId }) => wanted.processId === undefined || processId === wanted.processId)
    .flatMap((culprit) => {
      const victims = culprit.victims.filter(({ place }) => isHarmed(wanted, [place]));
      if (victims.length === culprit.victims.length) return [culprit];
      if (victims.length === 0) return [];
      const sum = (of: (victim: FoundVictim) => number) => victims.reduce((total, one) => total + of(one), 0);
      return [
        {
          ...culprit,
          victims,
          causedSeconds: sum(({ seconds }) => seconds),
          low: sum(({ low }) => low),
          high: sum(({ high }) => high),
        },
      ];
    })
    .toSorted((a, b) => b.causedSeconds - a.causedSeconds);
}

const isWanted = ({ processId }: Wanted, suspects: readonly Place[]): boolean =>
  processId === undefined || suspects.some((suspect) => suspect.processId === processId);

const isHarmed = ({ victimId, machineId }: Wanted, victims: readonly Place[]): boolean =>
  victims.length === 0 ||
  victims.some(
    (victim) =>
      (victimId === undefined || victim.processId === victimId) &&
      (machineId === undefined || victim.machineId === machineId),
  );

const byName = new Intl.Collator("en").compare;

function presentCulprit(found: FoundCulprit, named: Named): Omit<Culprit, "text"> {
  const { processId, machineIds, causedSeconds, low, high, basis, victims } = found;
  const places = machineIds.map((machineId) => named({ machineId, processId }));
  const { process, processId: id } = named({ machineId: machineIds[0] ?? 0, processId });
  return {
    process,
    processId: id,
    machines: places.map(({ machine }) => machine).toSorted(byName),
    causedSeconds,
    low,
    high,
    victims: victims.map(({ place, ...figures }): Victim => ({ ...named(place), ...figures })),
    verdict: "culprit",
    basis,
  };
}

export function presentGroup(
  { reason, processes, victims, seconds, low, high, experiment }: FoundGroup,
  named: Named,
): Omit<Culprits["notSeparable"][number], "text"> {
  return {
    reason,
    processes: processes.map(named),
    victims: victims.map(named),
    seconds,
    low,
    high,
    experiment: { ...named(experiment.place), shiftSeconds: experiment.shiftSeconds },
  };
}
