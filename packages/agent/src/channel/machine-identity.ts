/**
 * Which machine this agent is, by its public id: what the hub says when it first welcomes a token is kept, so that a
 * request that is meant for another machine, or a hub that changes its mind, is noticed.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { replaceFile } from "../spool/durable.ts";

const kept = z.object({ machine: z.string(), token: z.string() });

export class MachineIdentity {
  readonly #path: string;
  #token: string;
  #machine: string | null;

  private constructor(path: string, token: string, machine: string | null) {
    this.#path = path;
    this.#token = token;
    this.#machine = machine;
  }

  /**
   * Another token is another enrolment: what was kept for the one before says nothing. `before`: tokens that this one, or that
   * may have taken this one's place.
   */
  static async open(
    dataDir: string,
    token: string,
    before: readonly string[] = [],
  ): Promise<MachineIdentity> {
    const path = join(dataDir, "machine-identity.json");
    const known = kept.safeParse(
      await readFile(path, "utf8")
        .then(JSON.parse)
        .catch(() => null),
    ).data;
    const isOurs = [token, ...before].some((one) => digestOf(one) === known?.token);
    const identity = new MachineIdentity(path, digestOf(token), isOurs && known ? known.machine : null);
    if (identity.#token !== known?.token) await identity.renew(token);
    return identity;
  }

  /** Null before the first welcome. */
  get machine(): string | null {
    return this.#machine;
  }

  /** False if it is not what was said before. `keep` resolves when the first one is known for good. */
  welcome(machine: string): { accepted: boolean; keep: () => Promise<void> } {
    if (this.#machine !== null) return { accepted: this.#machine === machine, keep: async () => {} };
    this.#machine = machine;
    return { accepted: true, keep: () => this.#keep(machine) };
  }

  /** The machine has a new token, and is the same. */
  async renew(token: string): Promise<void> {
    this.#token = digestOf(token);
    if (this.#machine !== null) await this.#keep(this.#machine);
  }

  async #keep(machine: string): Promise<void> {
    const content = JSON.stringify({ machine, token: this.#token } satisfies z.infer<typeof kept>);
    await replaceFile(this.#path, content);
  }
}

const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex");
