/**
 * Rankings that were answered, with their JSON: of thousands of victims, to present, check and write them takes a hundred times as
 * long as to send them. They are kept as long as their fit.
 */
import { culprits, type Culprits } from "@culprit/protocol";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Fitted } from "./attribution.ts";

export type Ranking = { answer: Culprits; json: () => string };

type Kept = Ranking & { machineNames: ReadonlyMap<number, string> };

/** Questions of one fit; each may take a megabyte. */
const mostKept = 10;
const kept = new WeakMap<Fitted, Map<string, Kept>>();

/** What was answered to the same question before, or what `present` makes. */
export async function keptRanking(
  fleet: Fleet,
  fitted: Fitted,
  question: readonly unknown[],
  present: () => Promise<Culprits>,
): Promise<Ranking> {
  const answers = kept.get(fitted) ?? new Map<string, Kept>();
  kept.set(fitted, answers);
  const key = JSON.stringify(question);
  const known = answers.get(key);
  if (known && isNamedAsThen(fleet, known)) return known;
  const machineNames = new Map(fleet.all().map(({ machineId, name }) => [machineId, name]));
  const made = { ...rankingOf(await present()), machineNames };
  if (answers.size >= mostKept) answers.clear();
  answers.set(key, made);
  return made;
}

export function rankingOf(answer: Culprits): Ranking {
  let json: string | null = null;
  return { answer, json: () => (json ??= JSON.stringify(culprits.parse(answer))) };
}

/** Processes keep their names for good, machines do not. */
function isNamedAsThen(fleet: Fleet, { machineNames }: Kept): boolean {
  const all = fleet.all();
  return (
    all.length === machineNames.size &&
    all.every(({ machineId, name }) => machineNames.get(machineId) === name)
  );
}
