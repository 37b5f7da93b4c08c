/** Ids of a machine's series. A description is checked once; afterwards its text alone finds the id. */
import { createHash } from "node:crypto";
import { seriesDescription, type SeriesDescription } from "@culprit/protocol";
import type { Store } from "../store/store.ts";

const machinesHeld = 1000;

type Refused = { code: "invalid-row" | "limit-exceeded"; detail: string };

/** `spellings`: the same description as agents wrote it, however they order its keys. */
type Known = { ids: Map<string, number>; spellings: Map<string, number> };

export class SeriesIds {
  readonly #store: Pick<Store, "catalogue" | "samples">;
  readonly #limit: number;
  readonly #ofMachine = new Map<number, Known>();

  constructor(store: Pick<Store, "catalogue" | "samples">, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** One entry for each description, in order: its id, or why it has none. */
  async resolve(machineId: number, raw: readonly unknown[]): Promise<(number | Refused)[]> {
    const { ids, spellings } = await this.#known(machineId);
    if (spellings.size > 2 * this.#limit) spellings.clear();
    const fresh = new Map<string, SeriesDescription>();
    const found = raw.map((one): number | Refused | string => {
      const id = spellings.get(short(JSON.stringify(one)));
      if (id !== undefined) return id;
      const parsed = seriesDescription.safeParse(one);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        return { code: "invalid-row", detail: `${issue?.path.join(".")}: ${issue?.message}` };
      }
      const key = keyOf(parsed.data);
      if (ids.has(key) || fresh.has(key)) return key;
      if (ids.size + fresh.size >= this.#limit)
        return { code: "limit-exceeded", detail: `this machine has ${this.#limit} series, the most allowed` };
      fresh.set(key, parsed.data);
      return key;
    });
    if (fresh.size > 0) {
      const made = await this.#store.catalogue.seriesIds(machineId, [...fresh.values()]);
      [...fresh.keys()].forEach((key, at) => ids.set(key, made[at]!));
    }
    return found.map((one, at) => {
      if (typeof one !== "string") return one;
      const id = ids.get(one)!;
      spellings.set(short(JSON.stringify(raw[at])), id);
      return id;
    });
  }

  async #known(machineId: number): Promise<Known> {
    const held = this.#ofMachine.get(machineId);
    if (held) return held;
    const described = await this.#store.samples.described([machineId]);
    // Another upload of the same machine may have come first while the store answered.
    const known = this.#ofMachine.get(machineId) ?? {
      ids: new Map(described.map(({ seriesId, description }) => [keyOf(description), seriesId])),
      spellings: new Map(),
    };
    const [oldest] = this.#ofMachine.keys();
    if (this.#ofMachine.size >= machinesHeld && oldest !== undefined) this.#ofMachine.delete(oldest);
    this.#ofMachine.set(machineId, known);
    return known;
  }
}

function keyOf({ metric, attributes, unit, type }: SeriesDescription): string {
  const sorted = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return short(JSON.stringify([metric, unit, type, sorted]));
}

/** What is held of a machine is bounded: a description may be of several kilobytes, a few hundred bytes are usual. */
function short(text: string): string {
  return text.length <= 400 ? text : createHash("sha256").update(text).digest("base64url");
}
