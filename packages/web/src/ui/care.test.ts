import { expect, test } from "vitest";
import { doubtfulTime } from "./care.tsx";

test("what makes a time doubtful is said; that a run was observed, or its name cleaned, is not", () => {
  expect(doubtfulTime(["observed", "clock-skew", "name-cleaned"])).toBe("the machine's clock was off");
  expect(doubtfulTime(["observed"])).toBe("");
});
