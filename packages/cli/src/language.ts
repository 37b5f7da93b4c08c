import { isLocale, overwriteGetLocale, locales, type Locale } from "@culprit/messages/runtime";

export { locales };

/** The language asked for, else the one of LC_ALL, LC_MESSAGES or LANG (`pt_PT.UTF-8` is served in pt-BR), else English. */
export function chooseLanguage(asked: string | undefined, environment: NodeJS.ProcessEnv): Locale {
  if (isLocale(asked)) return asked;
  const posix = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "";
  const language = posix.slice(0, 2).toLowerCase();
  return locales.find((locale) => locale.startsWith(language) && language !== "") ?? "en";
}

export function speak(locale: Locale): void {
  overwriteGetLocale(() => locale);
}
