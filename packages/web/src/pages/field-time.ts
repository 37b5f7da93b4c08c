/** Instants as a field of the browser for date and time holds them: local, to the second. Milliseconds since 1970. */
import { fromLocal, zoneOffset } from "@culprit/charts";

/** `2026-11-23T03:00:00` in the zone. */
export function fieldTime(time: number, zone: string): string {
  return new Date(time + zoneOffset(time, zone)).toISOString().slice(0, 19);
}

/** NaN while the field holds no time. */
export function timeOfField(text: string, zone: string): number {
  const local = Date.parse(`${text}Z`);
  return Number.isNaN(local) ? Number.NaN : fromLocal(local, zone);
}
