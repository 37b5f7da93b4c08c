import { expect, test } from "vitest";
import { calendarWeeks, levelOf, monthFrom, monthOf, monthWindow } from "./month.ts";

test("a month begins at its own midnight, and years turn over", () => {
  expect(monthFrom("2026-12", 1)).toBe("2027-01");
  expect(monthFrom("2026-01", -1)).toBe("2025-12");
  expect(monthOf(Date.parse("2026-12-01T02:00:00Z"), "America/Sao_Paulo")).toBe("2026-11");
  const { from, to } = monthWindow("2026-11", "America/Sao_Paulo");
  expect(new Date(from / 1000).toISOString()).toBe("2026-11-01T03:00:00.000Z");
  expect(to - from).toBe(30 * 86_400_000_000);
});

test("weeks hold the month's days in their columns, as the language begins them", () => {
  const spanish = calendarWeeks("2026-11", "es");
  expect(spanish[0]![0]).toEqual({ date: "2026-10-26", inMonth: false });
  expect(spanish[0]![6]).toEqual({ date: "2026-11-01", inMonth: true });
  expect(spanish).toHaveLength(6);
  const english = calendarWeeks("2026-11", "en");
  expect(english[0]![0]).toEqual({ date: "2026-11-01", inMonth: true });
  expect(english.flat().filter(({ inMonth }) => inMonth)).toHaveLength(30);
  expect(calendarWeeks("2026-02", "en")).toHaveLength(4);
});

test("a day that was all planned, or has not come, is no day without a fault", () => {
  expect(levelOf(undefined)).toBe("none");
  expect(levelOf({ share: null, knownShare: null })).toBe("none");
  expect(levelOf({ share: null, knownShare: 0 })).toBe("unknown");
  expect(levelOf({ share: 1, knownShare: 1 })).toBe("all");
  expect(levelOf({ share: 0.9999, knownShare: 1 })).toBe("most");
  expect(levelOf({ share: 0.5, knownShare: 1 })).toBe("less");
});
