/** When maintenance was, or will be, in a window. Pure. */
import { microsPerSecond, parseInstant, parseLocalTime, type MaintenanceSchedule } from "@culprit/protocol";
import type { MaintenanceRow } from "../store/store.ts";
import type { Interval } from "./spans.ts";

const day = 86_400 * microsPerSecond;

export function maintenanceTimes(
  { schedule, from, until }: Pick<MaintenanceRow, "schedule" | "from" | "until">,
  window: Interval,
): Interval[] {
  const holds = { from: Math.max(window.from, from), to: Math.min(window.to, until ?? Infinity) };
  return scheduled(schedule, holds).flatMap((one) => {
    const inside = { from: Math.max(one.from, holds.from), to: Math.min(one.to, holds.to) };
    return inside.to > inside.from ? [inside] : [];
  });
}

function scheduled(schedule: MaintenanceSchedule, { from, to }: Interval): Interval[] {
  switch (schedule.kind) {
    case "once":
      return [{ from: parseInstant(schedule.from) ?? 0, to: parseInstant(schedule.to) ?? 0 }];
    case "weekly": {
      const { days, start, minutes, timeZone } = schedule;
      const length = minutes * 60 * microsPerSecond;
      const times: Interval[] = [];
      // A day more on both sides: the zone's date is up to a day off.
      for (let at = from - length - day; at < to + day; at += day) {
        const date = new Date(at / 1000);
        if (!days.includes(date.getUTCDay() || 7)) continue;
        const begin = parseLocalTime(`${date.toISOString().slice(0, 10)}T${start}:00`, timeZone)!.at;
        times.push({ from: begin, to: begin + length });
      }
      return times;
    }
    default:
      return schedule satisfies never;
  }
}
