import type { Machine } from "@culprit/protocol";
import { formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { someNames } from "../ui/some-names.ts";

const namesSaid = 5;

/** How many machines there are, who is away, and which one is pressed hardest right now. */
export function machinesSentence(machines: readonly Machine[], locale: string): string {
  if (machines.length === 0) return m.no_machines_yet();
  const away = machines.filter(({ state }) => state !== "online" && state !== "paused");
  const sentences = [
    away.length === 0
      ? m.machines_all_online({ count: machines.length })
      : m.machines_some_away({
          count: away.length,
          total: machines.length,
          names: someNames(away, namesSaid, locale),
        }),
  ];
  const busiest = machines.toSorted((a, b) => (b.now?.cpuShare ?? 0) - (a.now?.cpuShare ?? 0))[0];
  if (machines.length > 1 && busiest?.now?.cpuShare)
    sentences.push(
      m.machines_busiest({ machine: busiest.name, cpu: formatShare(busiest.now.cpuShare, locale) }),
    );
  return sentences.join(" ");
}
