import { expect, it } from "vitest";
import { verdictWords } from "./verdict-words.ts";

it("a verdict names who is blamed, groups as what they are, and nobody where nobody is", () => {
  expect(verdictWords({ verdict: "culprit", blamed: ["reindex"] })).toBe("slowed by reindex");
  expect(verdictWords({ verdict: "not-separable", blamed: ["a", "b"] })).toBe("a, b (cannot be told apart)");
  expect(verdictWords({ verdict: "unknown" })).toBe("unknown");
  expect(verdictWords({})).toBe("");
});
