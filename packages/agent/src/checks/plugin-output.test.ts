import { expect, test } from "vitest";
import { readPlugin } from "./plugin-output.ts";

const read = (output: string, exitCode: number | null = 0) => readPlugin({ exitCode, output });

test("a line for people and numbers with their units, in base units", () => {
  expect(
    read(
      "DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968 /boot=68MB;88;93;0;98 time=12ms n=5c",
    ),
  ).toEqual({
    state: "ok",
    text: "DISK OK - free space: / 3326 MB (56%);",
    numbers: [
      { label: "/", value: 2643 * 1024 ** 2, unit: "By" },
      { label: "/boot", value: 68 * 1024 ** 2, unit: "By" },
      { label: "time", value: 0.012, unit: "s" },
      { label: "n", value: 5, unit: "" },
    ],
  });
});

test("more lines of text and of numbers", () => {
  const { text, numbers } = read("OK | a=1\nsecond\nthird | b=2%\nc=3;@1:2;~:10\n", 1);
  expect(text).toBe("OK\nsecond\nthird");
  expect(numbers).toEqual([
    { label: "a", value: 1, unit: "" },
    { label: "b", value: 2, unit: "%" },
    { label: "c", value: 3, unit: "" },
  ]);
});

test("quoted labels, numbers with commas, and what is no number", () => {
  expect(read("x | 'it''s = a'=-1,5;; 'free'=U plain text=").numbers).toEqual([
    { label: "it's = a", value: -1.5, unit: "" },
  ]);
  expect(read("x | a=1constructor").numbers).toEqual([{ label: "a", value: 1, unit: "constructor" }]);
});

test("the exit status is the state; any other is unknown and told", () => {
  expect([0, 1, 2, 3].map((status) => read("x", status).state)).toEqual([
    "ok",
    "warning",
    "critical",
    "unknown",
  ]);
  expect(read("x", 127)).toMatchObject({ state: "unknown", text: "x\nexit status 127" });
  expect(read("", null)).toMatchObject({ state: "unknown", text: "exit status unknown" });
  expect(read("", 0)).toMatchObject({ state: "ok", text: "it printed nothing" });
});

test.each([
  ["one word without end", "a".repeat(65_536)],
  ["quotes alone", "'".repeat(65_536)],
  ["quotes that never close", " ''x".repeat(16_384)],
  ["numbers without end", `a=${"1".repeat(65_536)}`],
])("%s is read in no time", (_, text) => {
  const begun = performance.now();
  read(`x | ${text}`);
  expect(performance.now() - begun).toBeLessThan(500);
});
