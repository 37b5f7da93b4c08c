/** NDJSON: values one to a line, each read by itself so that a bad line does not spoil its neighbours. */
import { isUtf8 } from "node:buffer";

const lineFeed = 0x0a;

/** The lines of a body without their ends; blank ones are left out. `index` counts lines that are not blank. */
export function* linesOf(body: Buffer): Generator<{ index: number; bytes: Buffer }> {
  let index = 0;
  for (let start = 0; start < body.length;) {
    if (body[start] === lineFeed) {
      start++;
      continue;
    }
    const end = body.indexOf(lineFeed, start);
    const bytes = body.subarray(start, end === -1 ? body.length : end);
    start = end === -1 ? body.length : end + 1;
    if (!isBlank(bytes)) yield { index: index++, bytes };
  }
}

const isBlank = (bytes: Buffer): boolean => bytes.length === 0 || (bytes.length === 1 && bytes[0] === 0x0d);

/** JSON of bytes that must be UTF-8; `error` says what they are not. */
export function readJson(bytes: Buffer): { value: unknown } | { error: string } {
  if (!isUtf8(bytes)) return { error: "not valid UTF-8" };
  const excess = excessOf(bytes);
  if (excess !== null) return { error: excess };
  try {
    return { value: JSON.parse(bytes.toString("utf8")) };
  } catch (error) {
    return { error: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const deepest = 64;
const mostContainers = 200_000;
/** What a caller means has some dozens. Millions of different names take V8 and whoever checks them a minute. */
const mostMembers = 1000;
const [quote, backslash, colon, leftBracket, rightBracket, leftBrace, rightBrace] = [
  0x22, 0x5c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d,
];

/**
 * What would cost far more than its bytes: each array or object takes many times its two brackets in memory, each name of a
 * member is kept by itself, and what is nested without end overflows the stack of whoever writes it out again.
 */
function excessOf(bytes: Buffer): string | null {
  if (hasFew(bytes, [leftBracket, leftBrace], deepest) && hasFew(bytes, [colon], mostMembers)) return null;
  /** Of each array or object that is open. */
  const members: number[] = [];
  let containers = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfText(bytes, at);
    else if (byte === colon) {
      if (++members[members.length - 1]! > mostMembers)
        return `an object with more than ${mostMembers} members`;
    } else if (byte === leftBracket || byte === leftBrace) {
      if (members.push(0) > deepest) return `nested more than ${deepest} deep`;
      if (++containers > mostContainers) return `more than ${mostContainers} arrays and objects`;
    } else if (byte === rightBracket || byte === rightBrace) members.pop();
  }
  return null;
}

/** Columns of numbers have few, even counting those in texts: a search for each is much quicker than a look at each byte. */
function hasFew(bytes: Buffer, signs: readonly number[], most: number): boolean {
  let count = 0;
  for (const sign of signs)
    for (let at = bytes.indexOf(sign); at !== -1; at = bytes.indexOf(sign, at + 1))
      if (++count > most) return false;
  return true;
}

/** Of the text that begins here: where its closing quote stands. */
function endOfText(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}
