/**
 * The machine's token in the data folder, readable by the agent's user alone: `machine-token`, and while it is replaced also
 * `machine-token.next`, which takes its place by a rename. After a crash the next one is asked of the hub first.
 */
import { readFile, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasCode, replaceFile, syncFolder } from "../spool/durable.ts";

export class KeptToken {
  readonly #path: string;
  readonly #nextPath: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, "machine-token");
    this.#nextPath = `${this.#path}.next`;
  }

  current(): Promise<string | null> {
    return readIfPresent(this.#path);
  }

  next(): Promise<string | null> {
    return readIfPresent(this.#nextPath);
  }

  /** Resolves when it survives a power cut; as do all that follow. */
  async keep(token: string): Promise<void> {
    await replaceFile(this.#path, `${token}\n`, 0o600);
  }

  async keepNext(token: string): Promise<void> {
    await replaceFile(this.#nextPath, `${token}\n`, 0o600);
  }

  /** The next one is the current one from now on. */
  async promote(): Promise<void> {
    await rename(this.#nextPath, this.#path);
    await syncFolder(dirname(this.#path));
  }

  async dropNext(): Promise<void> {
    await unlink(this.#nextPath).catch((error: unknown) => {
      if (!hasCode(error, "ENOENT")) throw error;
    });
    await syncFolder(dirname(this.#path));
  }
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).replace(/\s+/g, "") || null;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}
