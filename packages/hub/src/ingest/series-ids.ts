/**
 * Ids of machines' series. A description is checked once for all machines; afterwards its text alone finds its number,
 * and machine and number the id.
 */
import { createHash } from "node:crypto";
import { attributesPerSeries, seriesDescription, type SeriesDescription } from "@culprit/protocol";
import { Gathered } from "../gathered.ts";
import type { MachineSeries, Store } from "../store/store.ts";
import { faultOfAttributes } from "./faulty-attributes.ts";
import { boundedFault } from "./bounded-fault.ts";

/** Past these the maps begin anew: about 100 bytes for a description, 40 for an id. */
const descriptionsHeld = 200_000;
const idsHeld = 3_000_000;

type Refused = { code: "invalid-row" | "limit-exceeded"; detail: string };

export class SeriesIds {
  readonly #limit: number;
  /** Numbers of descriptions, by what they say and by their text as agents wrote it, however they order its keys. */
  readonly #numbers = new Map<string, number>();
  readonly #spellings = new Map<string, number>();
  /** By machine: ids by the number of the description. */
  readonly #ofMachine = new Map<number, Map<number, number>>();
  readonly #stored: Gathered<number, Map<number, number>>;
  readonly #made: Gathered<readonly MachineSeries[], number[]>;
  #nextNumber = 0;
  #ids = 0;

  constructor({ samples, catalogue }: Pick<Store, "catalogue" | "samples">, limit: number) {
    this.#limit = limit;
    this.#stored = new Gathered(async (machineIds) => {
      const ids = new Map(machineIds.map((machineId) => [machineId, new Map<number, number>()]));
      for (const { machineId, seriesId, description } of await samples.described(machineIds))
        ids.get(machineId)?.set(this.#numberOf(description), seriesId);
      return ids;
    });
    this.#made = new Gathered(async (wishes) => {
      const ids = (await catalogue.seriesIds(wishes.flat())).values();
      return new Map(wishes.map((wish) => [wish, wish.map(() => ids.next().value!)]));
    });
  }

  /** One entry for each description, in order: its id, or why it has none. */
  async resolve(machineId: number, raw: readonly unknown[]): Promise<(number | Refused)[]> {
    const ids = await this.#known(machineId);
    const fresh = new Map<number, MachineSeries>();
    const found = raw.map((one) => {
      const spelling = short(JSON.stringify(one));
      const known = this.#spellings.get(spelling);
      if (known !== undefined && ids.has(known)) return known;
      const fault = faultOfAttributes(one, attributesPerSeries, ["string"]);
      if (fault !== null) return refused("invalid-row", `attributes: ${fault}`);
      const parsed = seriesDescription.safeParse(one);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        return refused("invalid-row", boundedFault(`${issue?.path.join(".")}: ${issue?.message}`));
      }
      const number = this.#numberOf(parsed.data);
      if (!ids.has(number) && !fresh.has(number)) {
        if (ids.size + fresh.size >= this.#limit)
          return refused("limit-exceeded", `this machine has ${this.#limit} series, the most allowed`);
        fresh.set(number, { machineId, description: parsed.data });
      }
      this.#spellings.set(spelling, number);
      return number;
    });
    if (fresh.size > 0) {
      const made = (await this.#made.of([...fresh.values()]))!;
      [...fresh.keys()].forEach((number, at) => ids.set(number, made[at]!));
      this.#ids += fresh.size;
    }
    const answer = found.map((one) => (typeof one === "number" ? ids.get(one)! : one));
    this.#keepBounds();
    return answer;
  }

  async #known(machineId: number): Promise<Map<number, number>> {
    const held = this.#ofMachine.get(machineId);
    if (held) return held;
    const stored = (await this.#stored.of(machineId))!;
    // Another upload of the same machine may have come first while the store answered.
    const known = this.#ofMachine.get(machineId) ?? stored;
    if (known === stored) this.#ids += stored.size;
    this.#ofMachine.set(machineId, known);
    return known;
  }

  #numberOf({ metric, attributes, unit, type }: SeriesDescription): number {
    const sorted = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const key = short(JSON.stringify([metric, unit, type, sorted]));
    let number = this.#numbers.get(key);
    // Never one that was given before, also when the maps have begun anew.
    if (number === undefined) this.#numbers.set(key, (number = this.#nextNumber++));
    return number;
  }

  #keepBounds(): void {
    if (this.#spellings.size > descriptionsHeld) this.#spellings.clear();
    if (this.#numbers.size <= descriptionsHeld && this.#ids <= idsHeld) return;
    for (const map of [this.#numbers, this.#spellings, this.#ofMachine]) map.clear();
    this.#ids = 0;
  }
}

const refused = (code: Refused["code"], detail: string): Refused => ({ code, detail });

/** What is held is bounded: a description may be of several kilobytes, a few hundred bytes are usual. */
function short(text: string): string {
  return text.length <= 400 ? text : createHash("sha256").update(text).digest("base64url");
}
