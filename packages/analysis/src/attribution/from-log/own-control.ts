/**
 * How often this pipeline accuses where nothing can be true: on this very log, once what its culprits explain is taken out,
 * with the signs of what is left turned round day by day, for all victims alike.
 */
import { seededRandom } from "../../seeded-random.ts";
import type { CaseFile } from "./case-file.ts";
import { firstLook } from "./first-look.ts";
import { countAccused } from "./selection.ts";

/** Runs looked at, over all repetitions; a small log is turned round more often. */
const affordable = 1_000_000;
const mostTimes = 20;

/** Accusations of the flipped log as a share of `accused`, the true one's; null if there are none. */
export function falseAccusationRate(file: CaseFile, accused: number): number | null {
  if (accused === 0) return null;
  let runs = 0;
  for (const victim of file.victims()) runs += file.extentOf(victim).runs;
  const times = Math.max(1, Math.min(mostTimes, Math.floor(affordable / Math.max(1, runs))));
  const random = seededRandom(1);
  let sum = 0;
  for (let k = 0; k < times; k++) {
    const flipped = file.withFlippedSigns(random);
    sum += countAccused(flipped, firstLook(flipped));
  }
  return Math.min(1, sum / times / accused);
}
