import { expect, test } from "vitest";
import { collectingAbove, collector } from "./small-heap.ts";

const megabyte = 1024 * 1024;

test("what is over is collected once there is so much of it, and not before", () => {
  const collected: number[] = [];
  let used = 10;
  const collect = () => {
    collected.push(used);
    used = 10;
  };
  const ask = collectingAbove(4, collect, () => used);
  for (const each of [11, 13, 14, 12, 20]) {
    used = Math.max(used, each);
    ask();
  }
  // The first time what is alive is not known.
  expect(collected).toEqual([11, 14, 20]);
});

test("this engine lets its heap be collected", () => {
  const collect = collector()!;
  let over: object[] | null = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  expect(over).toHaveLength(200_000);
  const before = process.memoryUsage().heapUsed;
  over = null;
  collect();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 4 * megabyte);
});
