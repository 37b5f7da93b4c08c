/** What a person put into the form, as the API takes it. Pure. */
import { formatInstant, parseLocalTime, type MaintenanceInput } from "@culprit/protocol";

export type MaintenanceFields = {
  name: string;
  /** Empty: all machines. */
  machine: string;
  kind: "once" | "weekly";
  /** As a field of the browser gives them: `2026-11-27T02:00`. */
  from: string;
  to: string;
  /** ISO numbers of days, as text. */
  days: string[];
  start: string;
  minutes: number | string;
};

export const nothingPlanned: MaintenanceFields = {
  name: "",
  machine: "",
  kind: "once",
  from: "",
  to: "",
  days: ["7"],
  start: "02:00",
  minutes: 60,
};

/** Null while something is missing. */
export function wishOfMaintenance(fields: MaintenanceFields, zone: string): MaintenanceInput | null {
  const { name, machine, kind, days, start, minutes } = fields;
  const whose = { name: name.trim(), ...(machine === "" ? {} : { machine }) };
  if (whose.name === "") return null;
  if (kind === "once") {
    const [from, to] = [fields.from, fields.to].map((text) => parseLocalTime(`${text}:00`, zone)?.at);
    if (from === undefined || to === undefined || from >= to) return null;
    return { ...whose, schedule: { kind, from: formatInstant(from), to: formatInstant(to) } };
  }
  const length = Number(minutes);
  if (days.length === 0 || !/^\d\d:\d\d/.test(start) || !Number.isInteger(length) || length < 1) return null;
  const chosen = days.map(Number).toSorted((a, b) => a - b);
  return {
    ...whose,
    schedule: { kind, days: chosen, start: start.slice(0, 5), minutes: length, timeZone: zone },
  };
}

/** Monday first. */
export function dayNames(language: string, weekday: "short" | "long"): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday, timeZone: "UTC" });
  // 5 January 1970 was a Monday.
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(1970, 0, 5 + day)));
}
