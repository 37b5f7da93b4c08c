/** Names of processes and steps with their ids, both ways. The store's lists only grow, so what is here stays true. */
import { ProblemError } from "@culprit/protocol";
import { readPublicId } from "../public-ids.ts";
import type { CatalogueStore } from "../store/store.ts";

export class Catalogue {
  readonly processes: NameList;
  readonly steps: NameList;

  constructor(store: CatalogueStore) {
    this.processes = new NameList(
      async () => (await store.processes()).map(({ processId, name }) => [processId, name]),
      (names) => store.processIds(names),
    );
    this.steps = new NameList(
      async () => (await store.steps()).map(({ stepId, name }) => [stepId, name]),
      (names) => store.stepIds(names),
    );
  }

  /** A process by `p_12` or name; a problem of code not-found if there is none. */
  async process(reference: string): Promise<{ processId: number; name: string }> {
    const id = readPublicId("p", reference) ?? (await this.processes.find(reference));
    const name = id === null ? null : await this.processes.name(id);
    if (id === null || name === null) throw new ProblemError("not-found", `there is no process ${reference}`);
    return { processId: id, name };
  }

  /** The id of a step; 0, the process as a whole, for none. */
  async step(reference: string | undefined): Promise<number> {
    if (reference === undefined) return 0;
    const id = await this.steps.find(reference);
    if (id === null) throw new ProblemError("not-found", `there is no step ${reference}`);
    return id;
  }
}

export class NameList {
  readonly #load: () => Promise<[number, string][]>;
  readonly #make: (names: readonly string[]) => Promise<number[]>;
  readonly #names = new Map<number, string>();
  readonly #ids = new Map<string, number>();
  #loading: Promise<void> | null = null;

  constructor(
    load: () => Promise<[number, string][]>,
    make: (names: readonly string[]) => Promise<number[]>,
  ) {
    this.#load = load;
    this.#make = make;
  }

  /** The name as it was first spelled; null for an id that no one made. */
  async name(id: number): Promise<string | null> {
    if (!this.#names.has(id)) await this.#reload();
    return this.#names.get(id) ?? null;
  }

  /** Names of ids that come from stored rows. */
  async namesOf(ids: Iterable<number>): Promise<Map<number, string>> {
    const names = new Map<number, string>();
    for (const id of ids) names.set(id, (await this.name(id)) ?? `(${id})`);
    return names;
  }

  async find(name: string): Promise<number | null> {
    const known = this.#ids.get(fold(name));
    if (known !== undefined) return known;
    await this.#reload();
    return this.#ids.get(fold(name)) ?? null;
  }

  /** Ids in the order of the names, made where missing. */
  async idsOf(names: readonly string[]): Promise<number[]> {
    const missing = [...new Set(names.filter((name) => !this.#ids.has(fold(name))))];
    if (missing.length > 0) {
      const made = await this.#make(missing);
      missing.forEach((name, at) => this.#ids.set(fold(name), made[at]!));
    }
    return names.map((name) => this.#ids.get(fold(name))!);
  }

  /** One load serves all who wait for it. */
  #reload(): Promise<void> {
    this.#loading ??= this.#read().finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #read(): Promise<void> {
    for (const [id, name] of await this.#load()) {
      this.#names.set(id, name);
      this.#ids.set(fold(name), id);
    }
  }
}

/** Names compare without case. */
export const fold = (name: string): string => name.toLowerCase();
