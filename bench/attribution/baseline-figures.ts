/** How well others place the true cause. */
import { baselineNames } from "./baselines.ts";
import type { WorldResult } from "./judge.ts";
import { proportion } from "./proportion.ts";
import { percent, type Row } from "./rows.ts";
import { isCalledSlow } from "./run-figures.ts";

export function baselineRows(results: readonly WorldResult[]): Row[] {
  return baselineNames.flatMap((name) =>
    (["planted", "crowded, log alone"] as const).map((family) => {
      const worlds = results.filter((world) => world.family === family);
      const placings = worlds.flatMap(({ slow }) =>
        slow.filter(isCalledSlow).flatMap(({ baselines }) => baselines[name] ?? []),
      );
      const innocent = results.filter(({ baselineAccuses }) => baselineAccuses[name] !== undefined);
      const accuses = proportion(innocent, ({ baselineAccuses }) => baselineAccuses[name] === true);
      const rate = (ranks: number) =>
        percent(proportion(placings, ({ rank }) => rank <= ranks).count / placings.length);
      const percentile = placings.reduce((sum, each) => sum + each.percentile, 0) / placings.length;
      const accused =
        accuses.of > 0 && family === "planted"
          ? `; accuses in ${percent(accuses.count / accuses.of)} of innocent worlds`
          : "";
      return {
        figure: `${name}, ${family}`,
        goal: "",
        value: placings.length === 0 ? "-" : `${rate(1)} / ${rate(3)} / ${percentile.toFixed(1)}${accused}`,
        of: placings.length,
        met: null,
      };
    }),
  );
}
