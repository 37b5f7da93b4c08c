/** What a POST of executions holds, whichever of its three forms it has. */
import { ProblemError } from "@culprit/protocol";
import type { SentItems } from "./direct.ts";
import { linesOf, readJson } from "./lines.ts";

/** The decoded body of an `application/x-ndjson` request. */
export class NdjsonBody {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A problem of code too-many-items if there are more than `most`; no line past that is read. */
export function itemsOf(body: unknown, most: number): SentItems {
  if (!(body instanceof NdjsonBody)) {
    const values: unknown[] = Array.isArray(body) ? body : [body];
    if (values.length > most) throw tooMany(most);
    return values.map((value) => ({ value }));
  }
  const items: ReturnType<typeof readJson>[] = [];
  for (const { bytes } of linesOf(body.bytes)) {
    if (items.length === most) throw tooMany(most);
    items.push(readJson(bytes));
  }
  return items;
}

function tooMany(most: number): ProblemError {
  return new ProblemError("too-many-items", `more than ${most} items`, { limit: most });
}
