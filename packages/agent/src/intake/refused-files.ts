/** Intake files that can't be taken, each with the reason in its name's neighbour; the oldest make room. */
import { mkdir, readdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { microsPerSecond, type Micros } from "@culprit/protocol";

const filesKept = 200;
const minute: Micros = 60 * microsPerSecond;
const toldPerMinute = 100;

export class RefusedFiles {
  readonly #folder: string;
  #serial = 0;
  #minute = { since: -Infinity, count: 0 };

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Anybody may fill the folder with nonsense: beyond so many a minute they are to be removed and counted, and no more.
   * `untold`: how many of the minute before were not told, once it is over.
   */
  admit(at: Micros): { told: boolean; untold: number } {
    const { since, count } = this.#minute;
    if (at - since <= minute) return { told: ++this.#minute.count <= toldPerMinute, untold: 0 };
    this.#minute = { since: at, count: 1 };
    return { told: true, untold: Math.max(0, count - toldPerMinute) };
  }

  /** `bytes` null: it was no regular file of bounded size. Never rejects: a full disk must not stop the intake. */
  async add(name: string, bytes: Buffer | null, reason: string, at: number): Promise<void> {
    const path = join(this.#folder, `${Math.round(at)}-${this.#serial++}-${name}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      if (bytes) await writeFile(path, bytes, { mode: 0o600 });
      await writeFile(`${path}.reason.txt`, `${reason}\n`, { mode: 0o600 });
      const names = (await readdir(this.#folder)).toSorted();
      for (const old of names.slice(0, Math.max(0, names.length - filesKept)))
        await unlink(join(this.#folder, old));
    } catch {
      // The count and the log line remain.
    }
  }
}
