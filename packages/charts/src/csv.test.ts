import { expect, it } from "vitest";
import { toCsv } from "./csv.ts";

it("quotes what needs it, leaves gaps empty and ends lines as RFC 4180 says", () => {
  expect(
    toCsv(
      ["a", "b,c"],
      [
        ['say "x"', 1.5],
        [null, Number.NaN],
      ],
    ),
  ).toBe('a,"b,c"\r\n"say ""x""",1.5\r\n,\r\n');
});

it("a name that a spreadsheet would run as a formula is defused", () => {
  expect(toCsv(["process"], [["=cmd|' /C calc'!A0"], ["-1+1"], ["@x"]])).toBe(
    "process\r\n'=cmd|' /C calc'!A0\r\n'-1+1\r\n'@x\r\n",
  );
});
