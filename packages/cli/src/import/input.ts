/** The bytes of a file or of standard input, unpacked if they are gzip, with a look at the beginning. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { m } from "@culprit/messages";
import { Failure } from "../failures.ts";

const headBytes = 64 * 1024;

export class Input {
  readonly #raw: Readable;
  readonly #totalBytes: number | null;
  #readBytes = 0;
  #chunks: AsyncIterator<Buffer>;
  /** The first bytes, unpacked; fewer than 64 KiB only if there are no more. */
  head: Buffer = Buffer.alloc(0);

  constructor(raw: Readable, totalBytes: number | null) {
    this.#raw = raw;
    this.#totalBytes = totalBytes;
    this.#chunks = this.#counted();
  }

  /** `-` is standard input. */
  static async open(path: string, folder: string): Promise<Input> {
    const input = path === "-" ? new Input(process.stdin, null) : await fileOf(resolve(folder, path));
    const first = await input.#chunks.next();
    if (first.done) return input;
    const whole = beginningWith(first.value, input.#chunks);
    const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
    // Errors of either end come out of the iteration.
    input.#chunks = isGzip
      ? (pipeline(Readable.from(whole), createGunzip(), () => {})[
          Symbol.asyncIterator
        ]() as AsyncIterator<Buffer>)
      : whole;
    await input.#readHead();
    return input;
  }

  /** All of it, once. */
  async *chunks(): AsyncGenerator<Buffer> {
    if (this.head.length > 0) yield this.head;
    for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next()) yield next.value;
  }

  /** Of the beginning: a file that has only grown since is the same. */
  get fingerprint(): string {
    return createHash("sha256").update(this.head).digest("hex");
  }

  share(): number | null {
    return this.#totalBytes ? Math.min(1, this.#readBytes / this.#totalBytes) : null;
  }

  async close(): Promise<void> {
    this.#raw.destroy();
  }

  async *#counted(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#raw as AsyncIterable<Buffer>) {
      this.#readBytes += chunk.length;
      yield chunk;
    }
  }

  async #readHead(): Promise<void> {
    const parts: Buffer[] = [];
    for (let length = 0; length < headBytes;) {
      const next = await this.#chunks.next();
      if (next.done) break;
      parts.push(next.value);
      length += next.value.length;
    }
    this.head = Buffer.concat(parts);
  }
}

async function* beginningWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function fileOf(path: string): Promise<Input> {
  try {
    const file = await open(path);
    const { size } = await file.stat();
    return new Input(file.createReadStream({ highWaterMark: headBytes }), size);
  } catch (error) {
    throw new Failure(
      m.import_unreadable_file({ path, reason: error instanceof Error ? error.message : String(error) }),
    );
  }
}
