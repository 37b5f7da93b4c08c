import { expect, it } from "vitest";
import { fieldTime, timeOfField } from "./field-time.ts";

it("a time goes to the field and back in any zone, also over a change of clocks", () => {
  for (const zone of ["UTC", "Asia/Kolkata", "America/Sao_Paulo", "Europe/Berlin"])
    for (const text of ["2026-03-29T00:30:00Z", "2026-07-01T12:34:56Z"]) {
      const time = Date.parse(text);
      expect(timeOfField(fieldTime(time, zone), zone)).toBe(time);
    }
  expect(fieldTime(Date.parse("2026-11-23T02:00:00Z"), "Europe/Berlin")).toBe("2026-11-23T03:00:00");
});

it("browsers leave out seconds that are zero, and an empty field is no time", () => {
  expect(timeOfField("2026-11-23T03:00", "Europe/Berlin")).toBe(Date.parse("2026-11-23T02:00:00Z"));
  expect(timeOfField("", "UTC")).toBeNaN();
});
