import { formatDurationRange } from "@culprit/charts";
import { usePreferences } from "../preferences.tsx";

/** `7 min 10 s (5 min 40 s – 8 min 30 s)`: the bounds hold with 95%. */
export function DurationRange({ seconds, low, high }: { seconds: number; low?: number; high?: number }) {
  const { language } = usePreferences();
  const [amount, ...bounds] = formatDurationRange(seconds, { low, high }, language).split(" (");
  return (
    <span className="figure range">
      <strong>{amount}</strong>
      {bounds.length > 0 && <span className="quiet"> ({bounds.join(" (")}</span>}
    </span>
  );
}
