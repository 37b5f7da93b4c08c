/** Names of processes, steps, machines and users: printable text that looks the same wherever it is shown. */
import { z } from "zod";
import { limits } from "./limits.ts";

/** Control characters, line and paragraph separators, and the marks that reverse or hide text (Trojan Source). */
export const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\p{Cs}/u;

export const name = z
  .string()
  .min(1, "empty name")
  .max(limits.nameCharacters, `longer than ${limits.nameCharacters} characters`)
  .refine((text) => !unprintable.test(text), "contains control, invisible or text-direction characters")
  .refine((text) => text.trim() === text, "starts or ends with white space");

/** What an agent makes of a name it can't refuse: unprintable characters become `?`, the rest is cut to the limit. */
export function cleanName(text: string): { name: string; cleaned: boolean } {
  // Of the longest texts, too, no more is looked at than may be kept: each character is one or two units.
  const looked = text.trim().slice(0, 2 * limits.nameCharacters + 2);
  const kept = printableText(looked).slice(0, limits.nameCharacters).trim() || "unnamed";
  // A cut may leave half of a surrogate pair at the end.
  const whole = kept.replace(/[\ud800-\udbff]$/, "");
  return { name: whole, cleaned: whole !== text };
}

/** With `?` for all that can't be seen or changes how the rest is seen. */
export function printableText(text: string): string {
  return Array.from(text, (character) => (unprintable.test(character) ? "?" : character)).join("");
}

/** Stands for the names past a machine's limit that have no pattern. */
export const groupedName = "(others)";

/** The name with `*` for what differs between runs: numbers, and what follows them in a word, and UUIDs. */
export function patternOfName(name: string): string {
  return name
    .replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi, "*")
    .replace(/\d[\p{L}\d]*/gu, "*")
    .replace(/\*(?:[._:-]?\*)+/g, "*");
}

export function standsForMany(name: string): boolean {
  return name === groupedName || name.includes("*");
}
