/** Months as calendars show them. Pure. */
import { parseLocalTime, type AvailabilityDay, type Micros } from "@culprit/protocol";

const dayMillis = 86_400_000;

/** `2026-11`, some months on or back. */
export function monthFrom(month: string, step: number): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year!, number! - 1 + step, 1)).toISOString().slice(0, 7);
}

export function monthOf(millis: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(millis).slice(0, 7);
}

/** From its first midnight to the next month's. */
export function monthWindow(month: string, zone: string): { from: Micros; to: Micros } {
  const midnight = (of: string) => parseLocalTime(`${of}-01T00:00:00`, zone)!.at;
  return { from: midnight(month), to: midnight(monthFrom(month, 1)) };
}

export type CalendarDay = { date: string; inMonth: boolean };

/** Weeks of seven days, those of the months beside it too. They begin as they do where the language is spoken. */
export function calendarWeeks(month: string, language: string): CalendarDay[][] {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  const beginsOn = /^(?:en|pt)/.test(language) ? 0 : 1;
  const before = (new Date(first).getUTCDay() - beginsOn + 7) % 7;
  const weeks: CalendarDay[][] = [];
  for (let at = first - before * dayMillis; ; at += 7 * dayMillis) {
    const week = Array.from({ length: 7 }, (_, day) => {
      const date = new Date(at + day * dayMillis).toISOString().slice(0, 10);
      return { date, inMonth: date.startsWith(month) };
    });
    if (!week.some(({ inMonth }) => inMonth)) return weeks;
    weeks.push(week);
  }
}

/** `none`: nothing counts on that day: it has not come, or all of it was planned. */
export function levelOf(
  day: Pick<AvailabilityDay, "share" | "knownShare"> | undefined,
): "all" | "most" | "less" | "unknown" | "none" {
  if (!day || day.knownShare === null) return "none";
  if (day.share === null) return "unknown";
  if (day.share === 1) return "all";
  return day.share >= 0.99 ? "most" : "less";
}
