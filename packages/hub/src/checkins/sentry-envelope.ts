/**
 * Sentry's envelope: a line of JSON, then items, each a line of JSON and a payload of the length it tells, or to the end of
 * the line. https://develop.sentry.dev/sdk/foundations/transport/envelopes/
 */
import { ProblemError } from "@culprit/protocol";
import { z } from "zod";
import { readJson } from "../ingest/lines.ts";

const header = z.object({ dsn: z.string().max(1000).optional(), event_id: z.string().max(64).optional() });
const itemHeader = z.object({ type: z.string().max(100), length: z.number().int().nonnegative().optional() });

const itemsAtMost = 100;
const newline = 0x0a;

type Item = { type: string; payload: Buffer };

/** Throws a problem of code invalid-request that says what is wrong. */
export function readEnvelope(body: Buffer): { header: z.infer<typeof header>; items: Item[] } {
  let at = 0;
  const line = (): Buffer => {
    const end = body.indexOf(newline, at);
    const bytes = body.subarray(at, end < 0 ? body.length : end);
    at = end < 0 ? body.length : end + 1;
    return bytes;
  };
  const read = parse(header, line(), "envelope header");
  const items: Item[] = [];
  while (at < body.length) {
    if (body[at] === newline) {
      at++;
      continue;
    }
    if (items.length === itemsAtMost) throw invalid(`more than ${itemsAtMost} items`);
    const { type, length } = parse(itemHeader, line(), "item header");
    if (length === undefined) {
      items.push({ type, payload: line() });
      continue;
    }
    if (at + length > body.length) throw invalid("an item is shorter than it says");
    items.push({ type, payload: body.subarray(at, at + length) });
    at += length;
  }
  return { header: read, items };
}

function parse<T>(schema: z.ZodType<T>, bytes: Buffer, what: string): T {
  const read = readJson(bytes);
  if ("error" in read) throw invalid(`the ${what} is ${read.error}`);
  const parsed = schema.safeParse(read.value);
  if (!parsed.success) throw invalid(`the ${what} is not valid`);
  return parsed.data;
}

const invalid = (detail: string) => new ProblemError("invalid-request", `invalid envelope: ${detail}`);
