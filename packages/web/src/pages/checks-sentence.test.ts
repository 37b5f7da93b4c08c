import { expect, test } from "vitest";
import { checksSentence } from "./checks-sentence.ts";
import { exampleCheck as check } from "./example-check.ts";

test("the worst checks are named first, and those that tell nothing are counted apart", () => {
  expect(checksSentence([], "en")).toContain("No checks yet");
  expect(checksSentence([check("a", "ok"), check("b", "ok")], "en")).toBe("All 2 checks are well.");
  const mixed = [
    check("a", "ok"),
    check("b", "warning"),
    check("c", "critical"),
    check("d", null),
    check("e", "critical", false),
  ];
  expect(checksSentence(mixed, "en")).toBe(
    "2 of 4 checks are not well: c and b. 1 has no result yet. 1 is stopped.",
  );
});

test("of many checks some are named, and the others counted", () => {
  const bad = ["a", "b", "c", "d", "e", "f", "g"].map((name) => check(name, "critical"));
  expect(checksSentence(bad, "en")).toBe("7 of 7 checks are not well: a, b, c, d, e, and 2 more.");
});

test("checks of which nothing is known are not called well", () => {
  expect(checksSentence([check("a", null)], "en")).toBe("1 has no result yet.");
});
