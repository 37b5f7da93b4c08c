import { formatQuantity } from "@culprit/charts";
import { usePreferences } from "../preferences.tsx";

export function Quantity({ value, unit }: { value: number | null | undefined; unit: string }) {
  const { language } = usePreferences();
  return <span className="figure">{formatQuantity(value ?? null, unit, language)}</span>;
}
