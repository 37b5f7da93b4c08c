/**
 * Which machine this agent is, by its public id: what the hub says when it first welcomes a token is kept, so that a
 * request that is meant for another machine, or a hub that changes its mind, is noticed.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { replaceFile } from "../spool/durable.ts";

const kept = z.object({ machine: z.string(), token: z.string() });

export class MachineIdentity {
  readonly #path: string;
  readonly #token: string;
  #machine: string | null;

  private constructor(path: string, token: string, machine: string | null) {
    this.#path = path;
    this.#token = token;
    this.#machine = machine;
  }

  /** Another token is another enrolment: what was kept for the one before says nothing. */
  static async open(path: string, token: string): Promise<MachineIdentity> {
    const digest = createHash("sha256").update(token).digest("hex");
    const known = kept.safeParse(
      await readFile(path, "utf8")
        .then(JSON.parse)
        .catch(() => null),
    ).data;
    return new MachineIdentity(path, digest, known?.token === digest ? known.machine : null);
  }

  /** Null before the first welcome. */
  get machine(): string | null {
    return this.#machine;
  }

  /** False if it is not what was said before. `keep` resolves when the first one is known for good. */
  welcome(machine: string): { accepted: boolean; keep: () => Promise<void> } {
    if (this.#machine !== null) return { accepted: this.#machine === machine, keep: async () => {} };
    this.#machine = machine;
    const content = JSON.stringify({ machine, token: this.#token } satisfies z.infer<typeof kept>);
    return { accepted: true, keep: () => replaceFile(this.#path, content) };
  }
}
