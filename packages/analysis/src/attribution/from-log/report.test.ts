import { expect, test } from "vitest";
import { gaussian, seededRandom } from "../../seeded-random.ts";
import { fitAttribution } from "../attribution.ts";
import type { Evidence } from "../evidence.ts";

const [great, small] = [0, 1];
const hour = 3600;

/** Every hour two jobs of 300 s that `great` slows, and two of 1 s that `small` slows, on one machine or each pair on its own. */
function fleet({ machines, effect }: { machines: 1 | 2; effect: number }): Evidence {
  const random = seededRandom(8);
  const runs: [start: number, end: number, group: number][] = [];
  for (let k = 0; k < 30 * 24; k++) {
    const at = 1_700_006_400 + k * hour + 60 * random();
    const there = [great, small].filter(() => random() < 0.3);
    for (const group of there) runs.push([at, at + 1500, group]);
    for (const [group, seconds] of [300, 300, 1, 1].entries()) {
      const culprit = group < 2 ? great : small;
      const slow = there.includes(culprit) ? (culprit === great ? effect : 1.7) : 1;
      runs.push([at + 60, at + 60 + seconds * slow * Math.exp(0.1 * gaussian(random)), 2 + group]);
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
    groups: {
      process: Int32Array.from([0, 1, 2, 3, 4, 5]),
      machine: machines === 1 ? new Int32Array(6) : Int32Array.from([0, 1, 0, 0, 1, 1]),
    },
    machines,
    sharedBy: null,
    demands: null,
    work: null,
    samples: Array.from({ length: machines }, () => null),
  };
}

const accused = (evidence: Evidence) =>
  fitAttribution(evidence).findings.culprits.map(({ process }) => process);

test("who costs less than a hundredth of what is found on its machine is not listed beside those who cost the rest", () => {
  expect(accused(fleet({ machines: 1, effect: 1.7 }))).toEqual([great]);
});

test("it is, where it is the only one, or the others harm another machine", () => {
  expect(accused(fleet({ machines: 1, effect: 1 }))).toEqual([small]);
  expect(accused(fleet({ machines: 2, effect: 1.7 }))).toEqual([great, small]);
});
