/** The end of what a run wrote: plain text of bounded size, without anything that a terminal or a page would act on. */
import { z } from "zod";
import { limits } from "./limits.ts";
import { unprintable } from "./names.ts";

/** What a caller may send as `output`; it is cleaned before it is stored. */
export const output = z
  .string()
  .refine(
    (text) => new TextEncoder().encode(text).length <= limits.outputBytes,
    `longer than ${limits.outputBytes} bytes of UTF-8`,
  )
  .meta({ description: `the end of what it wrote, at most ${limits.outputBytes} bytes of UTF-8` });

/** Colours and movements (CSI), titles and links (OSC): what programs send to terminals beside their text. */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
const isUnprintable = new RegExp(unprintable.source, "gu");
const replacement = "\u{fffd}";

/**
 * Plain text of anything: terminal sequences are left out, a carriage return begins a new line, other unprintable
 * characters but line break and tab become U+FFFD. Too long, it is cut at its beginning, to a whole character.
 */
export function cleanOutput(text: string): string {
  const plain = text
    .replace(terminalSequences, "")
    .replace(/\r\n?/g, "\n")
    .replace(isUnprintable, (character) =>
      character === "\n" || character === "\t" ? character : replacement,
    );
  const bytes = new TextEncoder().encode(plain);
  if (bytes.length <= limits.outputBytes) return plain;
  let from = bytes.length - limits.outputBytes;
  while ((bytes[from]! & 0xc0) === 0x80) from++;
  return new TextDecoder().decode(bytes.subarray(from));
}
