import { formatShare } from "@culprit/charts";
import { usePreferences } from "../preferences.tsx";

const smallest = 0.001;

/** A share that may be tiny but never is nothing: `3.2%`, `< 0.1%`. */
export function SmallShare({ share }: { share: number }) {
  const { language } = usePreferences();
  return (
    <span className="figure">
      {share < smallest ? `< ${formatShare(smallest, language)}` : formatShare(share, language)}
    </span>
  );
}
