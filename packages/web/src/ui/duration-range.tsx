import { rangeWords } from "./range-words.ts";
import { usePreferences } from "../preferences.tsx";

/** `7 min 10 s (5 min 40 s to 8 min 30 s)`: the bounds hold with 95%. */
export function DurationRange(range: { seconds: number; low: number; high: number }) {
  const { language } = usePreferences();
  const { amount, bounds } = rangeWords(range, language);
  return (
    <span className="figure">
      <strong>{amount}</strong>
      {bounds !== "" && <span className="quiet"> {bounds}</span>}
    </span>
  );
}
