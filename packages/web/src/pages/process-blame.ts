/** What an analysis says about one process, named by id or by name. */
import type { Culprit, Culprits, PlacedProcess, Victim } from "@culprit/protocol";

const isThis = (process: string) => (one: Pick<PlacedProcess, "process" | "processId">) =>
  one.processId === process || one.process === process;

/** Who slows it down, on which machine; most seconds first. */
export function suspectsOf(
  { culprits }: Pick<Culprits, "culprits">,
  process: string,
): { culprit: Culprit; victim: Victim }[] {
  return culprits
    .flatMap((culprit) => culprit.victims.filter(isThis(process)).map((victim) => ({ culprit, victim })))
    .toSorted((a, b) => b.victim.seconds - a.victim.seconds);
}

/** Whom it slows down. */
export function victimsOf({ culprits }: Pick<Culprits, "culprits">, process: string): Victim[] {
  return culprits.filter(isThis(process)).flatMap(({ victims }) => victims);
}

/** What may slow it down and can't be told: how many groups that always run together, and pairs with too few runs. */
export function openOf(
  { notSeparable, notEnough }: Pick<Culprits, "notSeparable" | "notEnough">,
  process: string,
): { together: number; tooFew: number } {
  return {
    together: notSeparable.filter(({ victims }) => victims.some(isThis(process))).length,
    tooFew: notEnough.filter(({ victim }) => isThis(process)(victim)).length,
  };
}
