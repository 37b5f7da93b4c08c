import { formatNumber, formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";

const height = 28;
const step = 6;
/** More cores than these would not be told apart. */
const most = 128;

/** How busy each core is, as bars side by side. */
export function CoreBars({ shares }: { shares: readonly number[] }) {
  const { language } = usePreferences();
  if (shares.length === 0) return null;
  const shown = shares.slice(0, most);
  const width = shown.length * step;
  const label = m.live_core_summary({
    count: formatNumber(shares.length, language),
    least: formatShare(Math.min(...shares), language),
    most: formatShare(Math.max(...shares), language),
  });
  return (
    <figure className="core-bars">
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
        <path d={bars(shown.map(() => 1))} className="core-bar-idle" />
        <path d={bars(shown)} className="core-bar-busy" />
      </svg>
      <figcaption className="quiet small" aria-hidden>
        {label}
      </figcaption>
    </figure>
  );
}

function bars(shares: readonly number[]): string {
  const bar = (share: number, core: number) =>
    `M${core * step} ${height}h${step - 2}v${(-height * share).toFixed(1)}h${2 - step}z`;
  return shares.map(bar).join("");
}
