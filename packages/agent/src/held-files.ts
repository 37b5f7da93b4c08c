/**
 * Files of /proc that are read again and again: their descriptors stay open and are read from the start, which spares the
 * walk of the path. The kernel makes the text anew at each read from 0.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { Moment } from "./collector.ts";
import { isAbsent } from "./read-text.ts";

/** /proc/stat of 1,000 cores has 150 kB. */
const maxBytes = 1024 * 1024;

export class HeldFiles {
  readonly #buffer = Buffer.allocUnsafe(32 * 1024);
  readonly #descriptors = new Map<string, number>();
  readonly #texts = new Map<string, { moment: Moment; text: string | null }>();

  /** Once in each moment, however many ask. Null when this kernel has no such file; throws what else goes wrong. */
  readIfPresent(path: string, moment: Moment): string | null {
    const known = this.#texts.get(path);
    if (known?.moment === moment) return known.text;
    const text = this.#read(path);
    this.#texts.set(path, { moment, text });
    return text;
  }

  /** The same for a file that every kernel has. */
  read(path: string, moment: Moment): string {
    const text = this.readIfPresent(path, moment);
    if (text === null) throw new Error(`${path} is not there`);
    return text;
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
    this.#texts.clear();
  }

  #read(path: string): string | null {
    let descriptor = this.#descriptors.get(path);
    try {
      if (descriptor === undefined) this.#descriptors.set(path, (descriptor = openSync(path, "r")));
      return this.#readAll(descriptor);
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      this.#descriptors.delete(path);
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  #readAll(descriptor: number): string {
    let text = "";
    let at = 0;
    while (at < maxBytes) {
      // Files of records come a page at a time, however large the buffer: only 0 bytes are the end.
      const length = readSync(descriptor, this.#buffer, 0, this.#buffer.length, at);
      if (length === 0) break;
      text += this.#buffer.toString("latin1", 0, length);
      at += length;
    }
    return text;
  }
}
