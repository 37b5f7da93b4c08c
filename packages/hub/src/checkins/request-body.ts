/** The beginning of a body; the rest is read and thrown away, so that a client with much to say still checks in. */
import type { Readable } from "node:stream";
import { ProblemError } from "@culprit/protocol";
import type { FastifyRequest } from "fastify";
import type { Hub } from "../context.ts";
import { leaseOf } from "../ingest/request-body.ts";
import { bodyBytes } from "./signal.ts";

const drainedBytes = 8 * 1024 * 1024;

/** Empty for a compressed one: no vendor's clients send such. */
export async function leadingBytes(hub: Hub, request: FastifyRequest, payload: Readable): Promise<Buffer> {
  request.bodyLease ??= leaseOf(hub, request);
  const chunks: Buffer[] = [];
  let kept = 0;
  let length = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > drainedBytes)
      throw new ProblemError("too-large", `the body is larger than ${drainedBytes} bytes`, {
        limit: drainedBytes,
      });
    const part = chunk.subarray(0, bodyBytes - kept);
    if (part.length === 0) continue;
    request.bodyLease.take(part.length);
    chunks.push(part);
    kept += part.length;
  }
  const encoded = (request.headers["content-encoding"] ?? "identity") !== "identity";
  return encoded ? Buffer.alloc(0) : Buffer.concat(chunks, kept);
}
