import { expect, it } from "vitest";
import { closestLanguage } from "./closest-language.ts";

it.each([
  [["pt-PT", "en"], "pt-BR"],
  [["es-MX"], "es"],
  [["de", "es"], "es"],
  [["en-GB"], "en"],
  [["zh"], "en"],
  [[], "en"],
])("of %j we speak %s", (wanted, spoken) => {
  expect(closestLanguage(wanted)).toBe(spoken);
});
