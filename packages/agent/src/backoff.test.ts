import { expect, test } from "vitest";
import { Backoff } from "./backoff.ts";

test("waits are any part of a bound that doubles up to the most, and start again after a success", () => {
  const backoff = new Backoff({ firstSeconds: 1, mostSeconds: 5 }, () => 0.5);
  expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([0.5, 1, 2, 2.5, 2.5]);
  backoff.reset();
  expect(backoff.next()).toBe(0.5);
});

test("never sooner than the other side asked for", () => {
  expect(new Backoff({ firstSeconds: 1, mostSeconds: 5 }, () => 0).next(30)).toBe(30);
});
