import { expect, it } from "vitest";
import { sparklinePath } from "./sparkline.ts";

it("a gap lifts the pen, and values past the end of the scale stay inside", () => {
  expect(sparklinePath([0, 0.5, null, 2], 30, 10, 1)).toBe("M0 10L10 5M30 0");
});

it("nothing measured draws nothing", () => {
  expect(sparklinePath([null, Number.NaN], 30, 10, 1)).toBe("");
});
