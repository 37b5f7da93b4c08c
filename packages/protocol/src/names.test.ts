import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { cleanName, name, patternOfName } from "./names.ts";

describe("names", () => {
  test.each(["backup", "POST /orders", "relatório diário", "nightly 🌙", "a".repeat(200)])(
    "%s is a name",
    (text) => {
      expect(name.safeParse(text).success).toBe(true);
    },
  );

  test.each([
    ["", "empty"],
    ["a".repeat(201), "too long"],
    ["a\0b", "NUL"],
    ["a\nb", "line break"],
    ["a\u001b[31mb", "escape sequence"],
    ["invoice\u202Egpj.exe", "right-to-left override"],
    ["zero\u200bwidth", "invisible character"],
    ["arabic\u061cmark", "direction of text"],
    ["soft\u00adhyphen", "invisible character"],
    ["tag\u{e0041}", "invisible tag"],
    [" padded ", "white space at the edges"],
    ["half \ud800", "half a surrogate pair"],
  ])("%j is refused: %s", (text) => {
    expect(name.safeParse(text).success).toBe(false);
  });

  test("an agent's name is cleaned instead, and says so", () => {
    expect(cleanName("a\nb")).toEqual({ name: "a?b", cleaned: true });
    expect(cleanName("backup")).toEqual({ name: "backup", cleaned: false });
    expect(cleanName(" \0 ")).toEqual({ name: "?", cleaned: true });
    expect(cleanName("")).toEqual({ name: "unnamed", cleaned: true });
  });

  test("of a text without end no more is looked at than may be kept", () => {
    const begun = performance.now();
    const long = "\u{e0041}".repeat(199) + "x".repeat(20_000_000);
    expect(cleanName(long)).toEqual({ name: `${"?".repeat(199)}x`, cleaned: true });
    expect(performance.now() - begun).toBeLessThan(300);
  });

  test.prop([fc.string({ unit: "binary", maxLength: 500 })])(
    "a cleaned name is always a valid one",
    (text) => {
      expect(name.safeParse(cleanName(text).name).success).toBe(true);
    },
  );
});

test.each([
  ["job-17", "job-*"],
  ["report 2026-11-23T03:00:00Z", "report *"],
  ["tmp.x4Kq09", "tmp.x*"],
  ["import 8f14e45f-ceea-467f-a9d1-6f2c1b0d9e11", "import *"],
  ["v2 of 3", "v* of *"],
  ["nightly backup", "nightly backup"],
])("the pattern of %j is %j", (text, pattern) => {
  expect(patternOfName(text)).toBe(pattern);
});
