import { formatNumber, formatQuantity } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";

type QuantityProps = {
  value: number | null | undefined;
  /** As the hub names units; `pp` for a difference of shares. */
  unit: string;
  /** Whether more than nothing shows a plus. */
  signed?: boolean;
};

export function Quantity({ value, unit, signed = false }: QuantityProps) {
  const { language } = usePreferences();
  const plus = signed && value !== null && value !== undefined && value > 0 ? "+" : "";
  return (
    <span className="figure">
      {plus}
      {unit === "pp" && value !== null && value !== undefined
        ? m.percentage_points({ amount: formatNumber(Math.round(value * 1000) / 10, language) })
        : formatQuantity(value ?? null, unit, language)}
    </span>
  );
}
