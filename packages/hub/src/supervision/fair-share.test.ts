import { expect, test } from "vitest";
import { fairShare } from "./fair-share.ts";

test.each([
  [[], 10, Infinity],
  [[3, 4], 10, Infinity],
  [[5, 5], 10, Infinity],
  [[20], 10, 10],
  [[1, 2, 100, 200], 13, 5],
  [[100, 100, 100], 2, 0],
])("of needs %j in %d places each has at most %d", (needs, most, share) => {
  expect(fairShare(needs, most)).toBe(share);
});
