/**
 * The checks of this hub: held in memory and read again now and then, for other hubs change them too. What a machine is to
 * check is told to its agent when it connects and at each change; the rest is probed here (hub-probes.ts). Results come back
 * through the intake or from here, and what is believed of a check follows from them, in the order of their times.
 */
import type { CheckChange, CheckResultRow, CheckRow, CheckStore } from "../store/store.ts";
import type { Clock } from "../clock.ts";
import { believe, nothingBelieved, type Belief } from "@culprit/probes";

const foldedAtOnce = 1000;

export class Checks {
  readonly #store: CheckStore;
  readonly #clock: Clock;
  #rows = new Map<number, CheckRow>();
  /** Their newest results are not part of what is believed yet. */
  readonly #heard = new Set<number>();

  constructor(store: CheckStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async refresh(): Promise<void> {
    this.#rows = new Map((await this.#store.list()).map((row) => [row.checkId, row]));
  }

  all(): CheckRow[] {
    return [...this.#rows.values()];
  }

  get(checkId: number): CheckRow | undefined {
    return this.#rows.get(checkId);
  }

  /** Of a machine; 0: of the hub. */
  of(machineId: number): CheckRow[] {
    return this.all().filter((row) => row.machineId === machineId);
  }

  async add(
    check: Omit<CheckRow, "checkId" | "belief" | "believedUntil" | "createdAt">,
    most: number,
  ): Promise<CheckRow | "name-taken" | "too-many"> {
    const added = await this.#store.add({ ...check, createdAt: this.#clock.now() }, most);
    await this.refresh();
    return added;
  }

  async change(checkId: number, change: CheckChange): Promise<"changed" | "absent" | "name-taken"> {
    const result = await this.#store.change(checkId, change);
    await this.refresh();
    return result;
  }

  async remove(checkId: number): Promise<boolean> {
    const removed = await this.#store.remove(checkId);
    await this.refresh();
    return removed;
  }

  /** Results of these are in the store. */
  heard(checkIds: Iterable<number>): void {
    for (const checkId of checkIds) this.#heard.add(checkId);
  }

  /** After a restart nobody knows which results were the last to be heard. */
  heardAll(): void {
    this.heard(this.#rows.keys());
  }

  /** Takes what was heard into what is believed. A result that is late, behind newer ones, changes nothing. */
  async settle(): Promise<void> {
    for (const checkId of this.#heard) {
      const row = this.#rows.get(checkId);
      const results = row ? await this.#store.resultsAfter(checkId, row.believedUntil, foldedAtOnce) : [];
      if (results.length < foldedAtOnce) this.#heard.delete(checkId);
      if (row && results.length > 0) await this.#believe(row, results);
    }
  }

  async #believe(row: CheckRow, results: readonly CheckResultRow[]): Promise<void> {
    const belief = results.reduce((before, result) => believe(before, result, row.retries), beliefOf(row));
    const believedUntil = results.at(-1)!.at;
    await this.#store.believe(row.checkId, belief, believedUntil);
    const current = this.#rows.get(row.checkId);
    if (current) this.#rows.set(row.checkId, { ...current, belief, believedUntil });
  }
}

export function beliefOf({ belief }: Pick<CheckRow, "belief">): Belief {
  // Written by this class alone.
  return (belief as Belief | null) ?? nothingBelieved;
}
