import { isNeverHeard, type Machine } from "@culprit/protocol";
import { formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { isBadCondition } from "../ui/bad-condition.ts";
import { clockSentence } from "../ui/machine-clock.ts";
import { someNames } from "../ui/some-names.ts";

const namesSaid = 5;

/** How many machines there are, who is away, of whom nothing was ever heard, and which one is pressed hardest right now. */
export function machinesSentence(machines: readonly Machine[], locale: string): string {
  if (machines.length === 0) return m.no_machines_yet();
  const heard = machines.filter((machine) => !isNeverHeard(machine));
  const needy = heard
    .filter(
      (machine) =>
        (machine.state !== "online" && machine.state !== "paused") ||
        machine.conditions !== undefined ||
        clockSentence(machine, locale) !== undefined,
    )
    .toSorted((a, b) => need(b) - need(a));
  const sentences: string[] = [];
  if (needy.length > 0)
    sentences.push(
      m.machines_some_away({
        count: needy.length,
        total: heard.length,
        names: someNames(needy, namesSaid, locale),
      }),
    );
  else if (heard.length > 0) sentences.push(m.machines_all_online({ count: heard.length }));
  const neverHeard = machines.length - heard.length;
  if (neverHeard > 0) sentences.push(m.machines_never_heard({ count: neverHeard }));
  const busiest = machines.toSorted((a, b) => (b.now?.cpuShare ?? 0) - (a.now?.cpuShare ?? 0))[0];
  if (machines.length > 1 && busiest?.now?.cpuShare)
    sentences.push(
      m.machines_busiest({ machine: busiest.name, cpu: formatShare(busiest.now.cpuShare, locale) }),
    );
  return sentences.join(" ");
}

/** Who is away is told before what is wrong with others. */
function need({ state, conditions }: Machine): number {
  const isAway = state !== "online" && state !== "paused" && state !== "late";
  return isAway ? 2 : conditions?.some(isBadCondition) ? 1 : 0;
}
