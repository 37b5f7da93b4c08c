/** A month of days as a table: what share of each was up. A day can be chosen. */
import type { AvailabilityDay } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { formatAvailability } from "@culprit/messages/quantity";
import { usePreferences } from "../preferences.tsx";
import { calendarWeeks, levelOf } from "./month.ts";

type MonthCalendarProps = {
  /** `2026-11` */
  month: string;
  days: readonly AvailabilityDay[];
  chosen: string | undefined;
  onChoose: (date: string | undefined) => void;
};

export function MonthCalendar({ month, days, chosen, onChoose }: MonthCalendarProps) {
  const { language } = usePreferences();
  const weeks = calendarWeeks(month, language);
  const byDate = new Map(days.map((day) => [day.date, day]));
  const words = (date: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(
      Date.parse(`${date}T00:00:00Z`),
    );
  const title = words(`${month}-01`, { month: "long", year: "numeric" });
  return (
    <table className="calendar">
      <caption>{m.availability_calendar({ month: title })}</caption>
      <thead>
        <tr>
          {weeks[0]!.map(({ date }) => (
            <th key={date} scope="col" abbr={words(date, { weekday: "long" })}>
              {words(date, { weekday: "short" })}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]!.date}>
            {week.map(({ date, inMonth }) => {
              const day = inMonth ? byDate.get(date) : undefined;
              const level = levelOf(day);
              if (!day || level === "none")
                return (
                  <td key={date} className="calendar-none">
                    {inMonth && Number(date.slice(8))}
                  </td>
                );
              return (
                <td key={date}>
                  <button
                    type="button"
                    className={`calendar-day calendar-${level}`}
                    aria-pressed={chosen === date}
                    onClick={() => onChoose(chosen === date ? undefined : date)}
                  >
                    <span>{Number(date.slice(8))}</span>
                    <span className="visually-hidden"> {words(date, { month: "long" })} </span>
                    {day.share === null ? (
                      <>
                        <span className="calendar-share" aria-hidden>
                          ?
                        </span>
                        <span className="visually-hidden">{m.availability_unknown()}</span>
                      </>
                    ) : (
                      <span className="calendar-share">{formatAvailability(day.share, language, 1)}</span>
                    )}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function CalendarLegend() {
  return (
    <ul className="calendar-legend small quiet">
      <li>
        <span className="calendar-swatch calendar-all" aria-hidden /> {m.availability_legend_all()}
      </li>
      <li>
        <span className="calendar-swatch calendar-most" aria-hidden /> {m.availability_legend_most()}
      </li>
      <li>
        <span className="calendar-swatch calendar-less" aria-hidden /> {m.availability_legend_less()}
      </li>
      <li>
        <span className="calendar-swatch calendar-unknown" aria-hidden /> {m.availability_unknown()}
      </li>
    </ul>
  );
}
