import { baseLocale, locales } from "@culprit/messages/runtime";

export type Language = (typeof locales)[number];

/** The first of the browser's languages that we speak. */
export function closestLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = locales.find(
      (locale) =>
        locale.toLowerCase() === tag.toLowerCase() ||
        locale.split("-")[0] === tag.split("-")[0]?.toLowerCase(),
    );
    if (found) return found;
  }
  return baseLocale;
}
