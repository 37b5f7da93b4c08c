/** The ranking of culprits over a window, from a fit. */
import { formatInstant, type Culprits } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { readWindow } from "../../window.ts";
import type { Locale } from "../why-text.ts";

type Query = {
  process?: string | undefined;
  victim?: string | undefined;
  machine?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

const usualSeconds = 30 * 86_400;

export async function listCulprits(hub: Hub, query: Query, _locale: Locale): Promise<Culprits> {
  const { from, to } = readWindow(query, hub.clock.now(), usualSeconds);
  for (const reference of [query.process, query.victim])
    if (reference !== undefined) await hub.catalogue.process(reference);
  if (query.machine !== undefined) hub.fleet.machine(query.machine);
  return {
    window: { from: formatInstant(from), to: formatInstant(to) },
    fittedAt: null,
    culprits: [],
    notSeparable: [],
    notEnough: [],
    slowRuns: 0,
    coverage: null,
    falseAccusationRate: null,
    text: "",
  };
}
