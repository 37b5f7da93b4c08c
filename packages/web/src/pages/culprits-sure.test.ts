import { expect, it } from "vitest";
import { howSure } from "./culprits-sure.ts";

it("tells coverage and false accusations in words", () => {
  const [coverage, mistakes] = howSure({ slowRuns: 214, coverage: 0.83, falseAccusationRate: 0.012 }, "en");
  expect(coverage).toContain("83% of the 214 slow runs");
  expect(mistakes).toContain("1.2%");
});

it("what is not known, or is nothing, is said so instead of shown as a figure", () => {
  const [coverage, mistakes] = howSure({ slowRuns: 0, coverage: null, falseAccusationRate: null }, "en");
  expect(coverage).toContain("No run was slow");
  expect(mistakes).toContain("not been estimated");
  expect(howSure({ slowRuns: 3, coverage: 0, falseAccusationRate: 0 }, "en")[1]).toContain("no accusation");
});
