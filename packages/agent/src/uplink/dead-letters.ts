/** Batches that the hub refuses for good, as they were sent, each with the reason beside it; the oldest make room. */
import { mkdir, readdir, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

const filesKept = 200;
const bytesKept = 16 * 1024 * 1024;

export class DeadLetters {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Rejects if the disk takes no more: the caller counts the rows either way. */
  async add(stream: string, sequence: number, member: Buffer, reason: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const name = `${stream}.${String(sequence).padStart(15, "0")}`;
    await writeFile(join(this.#folder, `${name}.ndjson.gz`), member, { mode: 0o600 });
    await writeFile(join(this.#folder, `${name}.reason.txt`), `${reason}\n`, { mode: 0o600 });
    await this.#keepBounds();
  }

  async #keepBounds(): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.#folder)).map(async (name) => {
        const path = join(this.#folder, name);
        const { mtimeMs, size } = await stat(path);
        return { path, mtimeMs, size };
      }),
    );
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    let bytes = 0;
    for (const [index, { path, size }] of files.entries()) {
      bytes += size;
      if (index >= filesKept || bytes > bytesKept) await unlink(path);
    }
  }
}
