/**
 * Ids of process and step names, within the limit of names per machine: a machine that invents a name for every run
 * would make the catalogue useless for all. Past the limit its new names are grouped under one, and each execution says so.
 */
import { fold, type NameList } from "../executions/catalogue.ts";

export const groupedName = "(others)";
const machinesHeld = 1000;

export class NamesOfMachine {
  readonly #list: NameList;
  readonly #usedBy: (machineId: number) => Promise<number[]>;
  readonly #limit: number;
  readonly #ofMachine = new Map<number, Set<string>>();

  constructor(list: NameList, usedBy: (machineId: number) => Promise<number[]>, limit: number) {
    this.#list = list;
    this.#usedBy = usedBy;
    this.#limit = limit;
  }

  async resolve(machineId: number, names: readonly string[]): Promise<{ id: number; grouped: boolean }[]> {
    const known = await this.#known(machineId);
    const admitted = names.map((name) => {
      const folded = fold(name);
      if (known.has(folded)) return name;
      if (known.size >= this.#limit) return null;
      known.add(folded);
      return name;
    });
    const ids = await this.#list.idsOf(admitted.map((name) => name ?? groupedName));
    return ids.map((id, at) => ({ id, grouped: admitted[at] === null }));
  }

  async #known(machineId: number): Promise<Set<string>> {
    const held = this.#ofMachine.get(machineId);
    if (held) return held;
    const names = await this.#list.namesOf(await this.#usedBy(machineId));
    // Another upload of the same machine may have come first while the store answered.
    const known = this.#ofMachine.get(machineId) ?? new Set([...names.values()].map(fold));
    const [oldest] = this.#ofMachine.keys();
    if (this.#ofMachine.size >= machinesHeld && oldest !== undefined) this.#ofMachine.delete(oldest);
    this.#ofMachine.set(machineId, known);
    return known;
  }
}
