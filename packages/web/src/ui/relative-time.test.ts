import { expect, it } from "vitest";
import { relativeTime } from "./relative-time.ts";

const now = Date.UTC(2026, 10, 23, 8);

it.each([
  [4, "now"],
  [45, "45 sec. ago"],
  [179, "2 min. ago"],
  [7300, "2 hr. ago"],
  [86_400 * 1.5, "yesterday"],
  [-600, "in 10 min."],
])("%d seconds before now reads %s", (seconds, text) => {
  expect(relativeTime(now - seconds * 1000, now, "en")).toBe(text);
});

it("speaks the reader's language", () => {
  expect(relativeTime(now - 7_300_000, now, "pt-BR")).toBe("há 2 h");
});
