import type { Locale } from "@culprit/messages/runtime";

/** A text without values. Without a locale it is in the language that was set for the whole program. */
export type Text = (inputs?: Record<string, never>, options?: { locale?: Locale }) => string;
