import { m } from "@culprit/messages";

/** `a, b, and 3 more` in the reader's language: at most so many are named. */
export function someNames(named: readonly { name: string }[], most: number, locale: string): string {
  const shown = named.slice(0, most).map(({ name }) => name);
  const more = named.length - shown.length;
  return new Intl.ListFormat(locale).format(more > 0 ? [...shown, m.and_more({ count: more })] : shown);
}
