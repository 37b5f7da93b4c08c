/**
 * Ids of requests that were taken, so that none is done twice: also not after a restart, where it matters. An id is
 * remembered for longer than its request is valid, as the machine's clock may be set back.
 */
import { open, readFile } from "node:fs/promises";
import { microsPerSecond, type Micros } from "@culprit/protocol";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { hasCode, replaceFile } from "../spool/durable.ts";

/** A request that claims to be valid for longer is none. */
export const validAtMost: Micros = 3600 * microsPerSecond;
const rememberedAfter: Micros = 3600 * microsPerSecond;
/** The file is written anew when it has so many lines: more than can be valid at once (`request-gate.ts`). */
const mostLines = 20_000;

const line = z.object({ id: z.string(), expiresAt: z.number() });

export class SeenRequests {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #expiries: Map<string, Micros>;
  #lines = 0;
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, clock: Clock, expiries: Map<string, Micros>) {
    this.#path = path;
    this.#clock = clock;
    this.#expiries = expiries;
  }

  static async open(path: string, clock: Clock): Promise<SeenRequests> {
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      if (hasCode(error, "ENOENT")) return "";
      throw error;
    });
    const seen = new SeenRequests(path, clock, new Map(text.split("\n").flatMap(readLine)));
    // Also so that no line is added to one that was cut short.
    if (text !== "") await seen.#rewrite();
    return seen;
  }

  /** False if it was there before. Counts at once; `keep` makes it last. */
  add(id: string, expiresAt: Micros): boolean {
    if (this.#expiries.has(id)) return false;
    this.#expiries.set(id, expiresAt);
    if (this.#expiries.size % 1000 === 0) this.#forget();
    return true;
  }

  /** Resolves when the id survives a power cut; rejects if it can't be written, and then nothing may be done for it. */
  keep(id: string, expiresAt: Micros): Promise<void> {
    const write = this.#written.then(() => this.#write(id, expiresAt));
    this.#written = write.catch(() => undefined);
    return write;
  }

  async #write(id: string, expiresAt: Micros): Promise<void> {
    if (this.#lines >= mostLines) return this.#rewrite();
    await append(this.#path, `${JSON.stringify({ id, expiresAt })}\n`);
    this.#lines++;
  }

  async #rewrite(): Promise<void> {
    this.#forget();
    const lines = [...this.#expiries].map(([id, expiresAt]) => `${JSON.stringify({ id, expiresAt })}\n`);
    await replaceFile(this.#path, lines.join(""));
    this.#lines = lines.length;
  }

  /** What was valid long ago is refused for that. */
  #forget(): void {
    const before = this.#clock.now() - rememberedAfter;
    for (const [id, expiresAt] of this.#expiries) if (expiresAt < before) this.#expiries.delete(id);
  }
}

async function append(path: string, text: string): Promise<void> {
  const handle = await open(path, "a", 0o600);
  try {
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A line cut short by a power cut was not acted upon: `keep` had not resolved. */
function readLine(text: string): [string, Micros][] {
  try {
    const { id, expiresAt } = line.parse(JSON.parse(text));
    return [[id, expiresAt]];
  } catch {
    return [];
  }
}
