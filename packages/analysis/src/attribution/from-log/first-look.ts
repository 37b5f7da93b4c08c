/** Which pairs look suspicious, how many were looked at, and which would be with more runs. */
import type { CaseFile, Pair } from "./case-file.ts";
import type { NotEnough } from "../findings.ts";
import type { Weighed } from "../model.ts";
import { leastRuns } from "./pair-score.ts";
import { roughScores } from "./rough-scores.ts";

export type FirstLook = {
  pairs: Pair[];
  /** By process, the pairs that its runs could tell about. */
  tests: Map<number, number>;
  /** Strongest first. */
  notEnough: NotEnough[];
  weighed: (Weighed | null)[];
};

/** Scores below this can't make anyone suspect. */
export const leastScore = 1.64;
/** A rough score does not know the hours of the day, and may be so much too low. */
const leastRough = 0.8;
/** Overlapping pairs of runs, of one place. */
const affordable = 100_000_000;
/** What fewer runs than enough must show to be worth a word. */
const few = { runs: 3, score: 4, most: 20 };

export function firstLook(file: CaseFile): FirstLook {
  const look: FirstLook = {
    pairs: [],
    tests: new Map(),
    notEnough: [],
    weighed: Array.from(file.evidence.groups.process, () => null),
  };
  const strength = new Map<NotEnough, number>();
  for (const groups of file.places()) {
    const rough = roughScores(file.windowsOf(groups), groups.length, affordable);
    const victims = new Set(file.victims());
    for (const [row, victim] of groups.entries()) {
      if (!victims.has(victim)) continue;
      const { runs, squares, spread: unit } = file.extentOf(victim);
      const weighed: { group: number; slope: number; error: number }[] = [];
      for (const [column, suspect] of groups.entries()) {
        if (!file.touches(suspect, victim)) continue;
        const cell = row * groups.length + column;
        const met = rough?.met[cell] ?? runs;
        if (met < few.runs) continue;
        const spread = rough ? rough.xx[cell]! - rough.x[cell]! ** 2 / runs : 1;
        const score = rough
          ? rough.xy[cell]! / Math.sqrt((squares / runs) * Math.max(spread, 1e-12))
          : leastRough;
        if (met < leastRuns) {
          if (score < few.score || runs - met < leastRuns) continue;
          const pair = { group: suspect, victim, exposedRuns: met, unexposedRuns: runs - met };
          strength.set(pair, score);
          continue;
        }
        const pair = score >= leastRough ? file.score(victim, suspect) : null;
        if (rough && spread > 0) {
          const error = Math.sqrt(squares / runs / spread);
          weighed.push({ group: suspect, slope: (unit * rough.xy[cell]!) / spread, error: unit * error });
        }
        if (score >= leastRough && !pair) continue;
        const process = file.processOf(suspect);
        look.tests.set(process, (look.tests.get(process) ?? 0) + 1);
        if (pair && pair.z > leastScore) look.pairs.push(pair);
      }
      look.weighed[victim] = {
        group: Int32Array.from(weighed, ({ group }) => group),
        slope: Float32Array.from(weighed, ({ slope }) => slope),
        error: Float32Array.from(weighed, ({ error }) => error),
      };
    }
  }
  look.notEnough = [...strength.keys()]
    .sort((a, b) => strength.get(b)! - strength.get(a)!)
    .slice(0, few.most);
  return look;
}
