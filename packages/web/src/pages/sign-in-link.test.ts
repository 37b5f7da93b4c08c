import { expect, it } from "vitest";
import { onceToken, safeBack } from "./sign-in-link.ts";

it("takes the token out of the fragment, also with a line break that a terminal put in", () => {
  expect(onceToken("#once=culprit_o_abc")).toBe("culprit_o_abc");
  expect(onceToken("#once=culprit_o_%0A%20abc")).toBe("culprit_o_abc");
  expect(onceToken("#once=")).toBeUndefined();
  expect(onceToken("")).toBeUndefined();
});

it("leads back to pages of this host alone", () => {
  expect(safeBack("/timeline?from=1")).toBe("/timeline?from=1");
  for (const evil of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/sign-in?back=/",
    undefined,
  ])
    expect(safeBack(evil)).toBe("/");
});
