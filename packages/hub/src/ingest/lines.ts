/** NDJSON: values one to a line, each read by itself so that a bad line does not spoil its neighbours. */
import { isUtf8 } from "node:buffer";

const lineFeed = 0x0a;

/** The lines of a body without their ends; blank ones are left out. `index` counts lines that are not blank. */
export function* linesOf(body: Buffer): Generator<{ index: number; bytes: Buffer }> {
  let index = 0;
  for (let start = 0; start < body.length;) {
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
  try {
    return { value: JSON.parse(bytes.toString("utf8")) };
  } catch (error) {
    return { error: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
