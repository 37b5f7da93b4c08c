import { expect, test } from "vitest";
import { formatAvailability } from "./quantity.ts";

test("what is not quite all never reads as all", () => {
  expect(formatAvailability(1, "en")).toBe("100%");
  expect(formatAvailability(0.9999999, "en")).toBe("99.999%");
  expect(formatAvailability(0.9996, "en", 1)).toBe("99.9%");
  expect(formatAvailability(0.5, "pt-BR")).toBe("50%");
  expect(formatAvailability(null, "es")).toBe("–");
});
