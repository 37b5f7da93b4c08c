/** What a POST of executions holds, whichever of its three forms it has. */
import type { SentItems } from "./direct.ts";
import { linesOf, readJson } from "./lines.ts";

/** The decoded body of an `application/x-ndjson` request. */
export class NdjsonBody {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

export function itemsOf(body: unknown): SentItems {
  if (body instanceof NdjsonBody) return Array.from(linesOf(body.bytes), ({ bytes }) => readJson(bytes));
  return (Array.isArray(body) ? body : [body]).map((value: unknown) => ({ value }));
}
