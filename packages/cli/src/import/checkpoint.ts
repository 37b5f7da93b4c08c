/**
 * How far an import came, so that an interrupted one goes on there. Losing the file costs time and nothing else: what is
 * sent again counts once.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const progress = z.object({
  /** Rows of the source, from its beginning, that the hub has or that were rejected. */
  rows: z.number().int().nonnegative(),
  accepted: z.number().int().nonnegative(),
  duplicates: z.number().int().nonnegative(),
  refused: z.array(z.object({ line: z.number().int(), detail: z.string() })).max(1000),
});
export type Progress = z.infer<typeof progress>;

const nothing: Progress = { rows: 0, accepted: 0, duplicates: 0, refused: [] };

export class Checkpoint {
  readonly #path: string;

  /** `what` tells imports apart: source, its content's beginning, options, hub. */
  constructor(environment: NodeJS.ProcessEnv, what: readonly string[]) {
    const state = environment["XDG_STATE_HOME"] || join(environment["HOME"] || homedir(), ".local/state");
    const name = createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 32);
    this.#path = join(state, "culprit", "import", `${name}.json`);
  }

  read(): Progress {
    try {
      return progress.parse(JSON.parse(readFileSync(this.#path, "utf8")));
    } catch {
      return nothing; // none yet, or of another version
    }
  }

  write(now: Progress): void {
    try {
      mkdirSync(join(this.#path, ".."), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#path}.new`, JSON.stringify(now), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // A home that can't be written must not stop an import that works without.
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}
