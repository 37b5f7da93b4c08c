/** Figures of a history. What the command line uses of this folder for logs of its own. */
import type { History } from "./history.ts";
import { secondsOf, sharesOf } from "./spans.ts";

export { historyOf, type Fact } from "./history.ts";
export { maintenanceTimes } from "./maintenance-times.ts";
export { daysOf, type Interval } from "./spans.ts";

/** The newest incidents come first. */
export function measured({ spans, incidents }: History, mostIncidents: number) {
  return {
    ...sharesOf(secondsOf(spans)),
    incidents: incidents.toReversed().slice(0, mostIncidents),
    incidentsLeftOut: Math.max(0, incidents.length - mostIncidents),
  };
}
