/** The time zone in which a machine's days and schedules are: what a person says of it counts before what its agent tells. */
import { isTimeZone } from "@culprit/protocol";
import type { MachineRow } from "../store/store.ts";

type Zoned = Pick<MachineRow, "computer" | "timeZone">;

/** Undefined if nobody told one that this hub knows. */
export function toldZone({ computer, timeZone }: Zoned): string | undefined {
  const zone = timeZone ?? computer?.timeZone;
  return zone !== undefined && isTimeZone(zone) ? zone : undefined;
}

/** Where none is told, the hub's own. */
export function zoneOf(machine: Zoned | undefined): string {
  return (machine && toldZone(machine)) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
