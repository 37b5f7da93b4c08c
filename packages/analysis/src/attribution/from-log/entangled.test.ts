import { describe, expect, test } from "vitest";
import { gaussian, seededRandom } from "../../seeded-random.ts";
import { fitAttribution } from "../attribution.ts";
import type { Evidence } from "../evidence.ts";

/** Groups. */
const [wide, first, second, victim, otherVictim] = [0, 1, 2, 3, 4];
const hour = 3600;

/**
 * Every hour two jobs run, and in half of the hours either of two others. One more comes whenever one of these does, and, in
 * `alone` of the hours, by itself; whoever is beside `culprits` takes 1.7 times as long.
 */
function fullHours({ alone, culprits }: { alone: number; culprits: readonly number[] }): Evidence {
  const random = seededRandom(5);
  const runs: [start: number, end: number, group: number][] = [];
  for (let k = 0; k < 45 * 24; k++) {
    const at = 1_700_006_400 + k * hour + 60 * random();
    const chance = random();
    const there =
      chance < 0.25 ? [wide, first] : chance < 0.5 ? [wide, second] : chance < 0.5 + alone ? [wide] : [];
    for (const group of there) runs.push([at + 5 * random(), at + 1500 + 60 * random(), group]);
    for (const group of [victim, otherVictim]) {
      const slow = culprits.some((culprit) => there.includes(culprit)) ? 1.7 : 1;
      runs.push([at + 60, at + 60 + 300 * slow * Math.exp(0.1 * gaussian(random)), group]);
    }
  }
  runs.sort((a, b) => a[0] - b[0]);
  return {
    log: {
      start: Float64Array.from(runs, ([start]) => start),
      end: Float64Array.from(runs, ([, end]) => end),
      group: Int32Array.from(runs, ([, , group]) => group),
      timed: new Uint8Array(runs.length).fill(1),
    },
    groups: { process: Int32Array.from([0, 1, 2, 3, 4]), machine: new Int32Array(5) },
    machines: 1,
    sharedBy: null,
    demands: null,
    work: null,
    samples: [null],
  };
}

describe("a suspect that comes whenever one of several others does", () => {
  test("is not named, though it differs from each of them: it stands with all of them among what can't be told apart", () => {
    const { culprits, notSeparable } = fitAttribution(fullHours({ alone: 0, culprits: [wide] })).findings;
    expect(culprits).toEqual([]);
    expect(notSeparable.map(({ groups }) => groups)).toEqual([[wide, first, second]]);
    expect(notSeparable[0]!.victims.toSorted((a, b) => a - b)).toEqual([victim, otherVictim]);
  });

  test("is named where it also comes by itself", () => {
    const { culprits } = fitAttribution(fullHours({ alone: 0.2, culprits: [wide] })).findings;
    expect(culprits.map(({ process }) => process)).toEqual([wide]);
  });

  test("clears none of them that is guilty", () => {
    const { culprits } = fitAttribution(fullHours({ alone: 0.2, culprits: [first] })).findings;
    expect(culprits.map(({ process }) => process)).toEqual([first]);
  });
});
