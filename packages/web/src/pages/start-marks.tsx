/** Expected starts as a row of marks, the newest at the right. */
import type { ExpectedStart } from "@culprit/protocol";
import { formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";

const mostMarks = 96;

const stateNames: Record<ExpectedStart["state"], () => string> = {
  ran: m.expected_start_ran,
  late: m.expected_start_late,
  missed: m.expected_start_missed,
  due: m.expected_start_due,
  unknown: m.expected_start_unknown,
};

export function StartMarks({ starts, label }: { starts: readonly ExpectedStart[]; label: string }) {
  const { language } = usePreferences();
  const zone = useZone();
  const shown = starts.slice(-mostMarks);
  const count = (state: ExpectedStart["state"]): string =>
    starts.filter((one) => one.state === state).length.toLocaleString(language);
  const summary = m.expected_starts_summary({
    ran: count("ran"),
    late: count("late"),
    missed: count("missed"),
  });
  return (
    <div>
      <div className="start-marks" aria-hidden>
        {shown.map(({ at, state }) => (
          <i
            key={at}
            className={`start-mark start-${state}`}
            title={`${formatTime(millis(at), zone, language)}: ${stateNames[state]()}`}
          />
        ))}
      </div>
      <p className="quiet small">
        {label}: {summary}.
        {starts.length > shown.length && ` ${m.expected_starts_newest({ count: mostMarks })}`}
      </p>
    </div>
  );
}
