import { setImmediate as round } from "node:timers/promises";
import { expect, test } from "vitest";
import { Rounds } from "./rounds.ts";

function rounds(mayBegin = () => true) {
  const begun: number[] = [];
  const line = new Rounds({ perRound: 2, mostWaiting: 4, mayBegin });
  const begin = (work: number) => line.begin().then(() => void begun.push(work));
  return { begun, begin };
}

test("so much is begun in each round of the event loop, in the order in which it came, and too much is refused", async () => {
  const { begun, begin } = rounds();
  const all = [1, 2, 3, 4, 5, 6].map(begin);
  await expect(begin(7)).rejects.toMatchObject({
    problem: { code: "overloaded", limit: 4, retryAfterSeconds: 5 },
  });
  expect(begun).toEqual([1, 2]);
  await round();
  expect(begun).toEqual([1, 2, 3, 4]);
  const late = begin(8);
  await round();
  expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
  await Promise.all([...all, late]);
  expect(begun.at(-1)).toBe(8);
  // Nothing is under way any more: who comes now need not wait.
  await round();
  await round();
  const [a, b] = [begin(9), begin(10)];
  await Promise.all([a, b]);
});

test("nothing is begun while what came before has not got far enough", async () => {
  let isFar = false;
  const { begun, begin } = rounds(() => isFar);
  const all = [1, 2, 3, 4].map(begin);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(begun).toEqual([1, 2]);
  isFar = true;
  await Promise.all(all);
  expect(begun).toEqual([1, 2, 3, 4]);
});
