/**
 * Request bodies, decoded, within two bounds: of one body, encoded as well as decoded (a gzip bomb stops there), and of
 * all bodies in memory at a time. A body holds its bytes until its response is out, so that what waits for a commit counts.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { constants, gunzip, gunzipSync, type ZlibOptions } from "node:zlib";
import { ProblemError } from "@culprit/protocol";

/** How much of a too large body is read on, so that its sender reads the answer and not a reset connection. */
const drainedBytes = 64 * 1024 * 1024;

export class BodyBudget {
  readonly #most: number;
  readonly #ofSender = new Map<string, number>();
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** No sender gets more than half, so that one whose bodies never end does not keep the others out. */
  lease(sender: string): BodyLease {
    let taken = 0;
    let released = false;
    return {
      take: (bytes) => {
        const own = (this.#ofSender.get(sender) ?? 0) + bytes;
        // Released: its sender has left, and what is still under way is for nobody.
        if (released || this.#held + bytes > this.#most || own > this.#most / 2)
          throw new ProblemError("overloaded", "too much is being taken in at this moment", {
            retryAfterSeconds: 2,
            limit: this.#most,
          });
        this.#held += bytes;
        this.#ofSender.set(sender, own);
        taken += bytes;
      },
      giveBack: (bytes) => {
        if (released) return;
        this.#return(sender, bytes);
        taken -= bytes;
      },
      release: () => {
        released = true;
        this.#return(sender, taken);
        taken = 0;
      },
    };
  }

  #return(sender: string, bytes: number): void {
    this.#held -= bytes;
    const left = (this.#ofSender.get(sender) ?? 0) - bytes;
    if (left > 0) this.#ofSender.set(sender, left);
    else this.#ofSender.delete(sender);
  }
}

/** `take` throws a problem of code overloaded if so much is not free. */
export type BodyLease = { take(bytes: number): void; giveBack(bytes: number): void; release(): void };

type BodyOptions = {
  limit: number;
  lease: BodyLease;
  /** Answer what came before the cut of a truncated gzip body, instead of refusing it. */
  allowCut?: boolean;
};

export async function readBody(
  stream: Readable,
  headers: IncomingHttpHeaders,
  { limit, lease, allowCut = false }: BodyOptions,
): Promise<Buffer> {
  const encoding = headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip")
    throw new ProblemError("unsupported-media-type", `content-encoding ${encoding}: send gzip or none`);
  const encoded = await collect(stream, Number(headers["content-length"] ?? 0), limit, lease);
  if (encoding === "identity" || encoded.length === 0) return encoded;
  if (encoded.length <= smallBytes) {
    const decoded = await inflate(encoded, limit, allowCut);
    lease.take(decoded.length);
    return decoded;
  }
  return inTurn(async () => {
    // What comes out is known afterwards only, and what does not fit must not have been made.
    lease.take(limit);
    const decoded = await inflate(encoded, limit, allowCut);
    lease.giveBack(limit - decoded.length);
    return decoded;
  });
}

async function collect(
  stream: Readable,
  announced: number,
  limit: number,
  lease: BodyLease,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let taken = 0;
  let refused: ProblemError | null = announced > limit ? tooLarge(limit) : null;
  const take = (bytes: number) => {
    if (refused || bytes <= taken) return;
    try {
      lease.take(bytes - taken);
      taken = bytes;
    } catch (error) {
      refused = error as ProblemError;
    }
  };
  // All of it at once: of many half read bodies that wait for room none would ever be whole.
  take(announced);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) refused ??= tooLarge(limit);
    if (length > drainedBytes) break;
    take(length);
    if (refused) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (refused) throw refused;
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

/** Below this a hand-over to another thread costs more than the work; above it the hub would stand still. */
const smallBytes = 64 * 1024;

function gunzipped(bytes: Buffer, options: ZlibOptions): Promise<Buffer> | Buffer {
  if (bytes.length <= smallBytes) return gunzipSync(bytes, { ...options, chunkSize: roomFor(bytes) });
  return new Promise((resolve, reject) =>
    gunzip(bytes, options, (error, decoded) => (error ? reject(error) : resolve(decoded))),
  );
}

/** As much as its last member says that it was, within reason: what is made is held until the commit, whether it is filled or not. */
function roomFor(gzip: Buffer): number {
  const told = gzip.length < 4 ? 0 : gzip.readUInt32LE(gzip.length - 4);
  return Math.min(Math.max(told, 4 * gzip.length), 16 * gzip.length) + 1024;
}

let turn: Promise<unknown> = Promise.resolve();

/** One large body at a time: each that is being inflated takes twice its decoded size. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

async function inflate(bytes: Buffer, limit: number, allowCut: boolean): Promise<Buffer> {
  try {
    return await gunzipped(bytes, {
      maxOutputLength: limit,
      ...(allowCut ? { finishFlush: constants.Z_SYNC_FLUSH } : {}),
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    throw new ProblemError("invalid-request", `the gzip body is damaged or cut short: ${message}`);
  }
}

function tooLarge(limit: number): ProblemError {
  return new ProblemError("too-large", `the decoded body is larger than ${limit} bytes`, { limit });
}
