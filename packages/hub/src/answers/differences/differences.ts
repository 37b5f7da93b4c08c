/** What was different in a window against the same hours before it. */
import { formatInstant, type Differences } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { readWindow } from "../../window.ts";
import type { Locale } from "../why-text.ts";

type Query = { machine?: string[] | undefined; from?: string | undefined; to?: string | undefined };

const hour = 3600;

export async function findDifferences(hub: Hub, query: Query, _locale: Locale): Promise<Differences> {
  const { from, to } = readWindow(query, hub.clock.now(), hour);
  for (const machine of query.machine ?? []) hub.fleet.machine(machine);
  return {
    window: { from: formatInstant(from), to: formatInstant(to) },
    before: [],
    series: [],
    processes: [],
    comparedSeries: 0,
    comparedProcesses: 0,
    text: "",
  };
}
