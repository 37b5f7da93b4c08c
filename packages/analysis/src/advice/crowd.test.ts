import { expect, test } from "vitest";
import { noBackground } from "../attribution/from-demand/background.ts";
import { playCrowd, type CrowdKind } from "./crowd.ts";

const whole: CrowdKind = { asks: [{ place: 0, demand: 1 }], suffers: [{ place: 0, value: 1 }] };

type Run = { start: number; work: number; kind?: number };

function lengthsOf(runs: readonly Run[], kinds = [whole]): number[] {
  return [
    ...playCrowd(
      {
        start: Float64Array.from(runs, ({ start }) => start),
        work: Float64Array.from(runs, ({ work }) => work),
        kind: Int32Array.from(runs, ({ kind }) => kind ?? 0),
      },
      kinds,
      [noBackground],
    ),
  ].map((seconds) => Math.round(seconds * 1e6) / 1e6);
}

test("one that starts while another works delays it, and that delay the next one", () => {
  // Alone until 50, by two at half of the speed until the first is done at 150, and so on.
  expect(
    lengthsOf([
      { start: 0, work: 100 },
      { start: 50, work: 100 },
      { start: 160, work: 100 },
    ]),
  ).toEqual([150, 190, 140]);
});

test("one that does not suffer crowds the others all the same", () => {
  expect(
    lengthsOf(
      [
        { start: 0, work: 100, kind: 1 },
        { start: 0, work: 100 },
      ],
      [whole, { ...whole, suffers: [] }],
    ),
  ).toEqual([100, 150]);
});

test("many at once are done in the order of their work", () => {
  const work = Array.from({ length: 500 }, (_, k) => 1 + ((k * 37) % 500));
  const lengths = lengthsOf(work.map((each) => ({ start: 0, work: each })));
  // Processor sharing: one is done when it and all longer ones have got as much as it, and the shorter ones all.
  const truth = work.map((each) => work.reduce((sum, other) => sum + Math.min(each, other), 0));
  for (const [k, seconds] of lengths.entries()) expect(seconds).toBeCloseTo(truth[k]!, 3);
});

test("where there is room for all nobody waits, and runs without work are over at once", () => {
  const half: CrowdKind = { ...whole, asks: [{ place: 0, demand: 0.5 }] };
  expect(
    lengthsOf(
      [
        { start: 0, work: 10 },
        { start: 0, work: 10 },
        { start: 3, work: 0 },
      ],
      [half],
    ),
  ).toEqual([10, 10, 0]);
});
