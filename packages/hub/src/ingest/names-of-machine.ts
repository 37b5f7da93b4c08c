/**
 * Ids of process and step names, within the limit of names per machine: a machine that invents a name for every run
 * would make the catalogue useless for all. Past the limit its new names are grouped under the pattern that they share
 * (`job-17` under `job-*`), past some patterns under one name, and each execution says so.
 */
import { groupedName, patternOfName } from "@culprit/protocol";
import { fold, type NameList } from "../executions/catalogue.ts";

const machinesHeld = 1000;
/** Beyond the limit of names. */
const patternsPerMachine = 100;

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
    const admitted = names.map((name) => this.#admit(known, name));
    const ids = await this.#list.idsOf(admitted);
    return ids.map((id, at) => ({ id, grouped: admitted[at] !== names[at] }));
  }

  #admit(known: Set<string>, name: string): string {
    const isAdmitted = (candidate: string, limit: number): boolean => {
      const folded = fold(candidate);
      if (!known.has(folded) && known.size >= limit) return false;
      known.add(folded);
      return true;
    };
    if (isAdmitted(name, this.#limit)) return name;
    const pattern = patternOfName(name);
    const isShared = pattern !== name && isAdmitted(pattern, this.#limit + patternsPerMachine);
    return isShared ? pattern : groupedName;
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
