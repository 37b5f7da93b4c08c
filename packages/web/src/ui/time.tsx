/** Instants and durations as people read them. */
import { formatDuration, formatTime } from "@culprit/charts";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { useNow } from "./now.ts";
import { relativeTime } from "./relative-time.ts";

/** `at` as text of the API or in milliseconds. Relative unless `absolute`; the absolute one, with its zone, on hover. */
export function Instant({ at, absolute, zone }: { at: string | number; absolute?: boolean; zone?: string }) {
  const { language } = usePreferences();
  const shown = useZone(zone);
  const now = useNow();
  const time = typeof at === "number" ? at : millis(at);
  if (Number.isNaN(time)) return <>–</>;
  const exact = formatTime(time, shown, language);
  return (
    <time dateTime={new Date(time).toISOString()} title={`${exact} (${shown})`} className="figure">
      {absolute ? exact : relativeTime(time, now, language)}
    </time>
  );
}

export function Duration({ seconds }: { seconds: number | null | undefined }) {
  const { language } = usePreferences();
  return (
    <span className="figure">
      {seconds === null || seconds === undefined ? "–" : formatDuration(seconds, language)}
    </span>
  );
}
