/**
 * Sums by name, for series: at most so many names have one of their own, the rest share one. Who has one keeps it until
 * nothing was added for six hours, so that series do not come and go with every look.
 */
import { groupedName } from "@culprit/protocol";

export type SumsByNameOptions = {
  most?: number;
  /** Names between two takes; past it they are summed as the rest. */
  mostPending?: number;
};

const keptIdleSeconds = 6 * 3600;

export class SumsByName<Amount extends string> {
  readonly #amounts: readonly Amount[];
  readonly #most: number;
  readonly #mostPending: number;
  #pending = new Map<string, Record<Amount, number>>();
  /** When something was last added, on the monotonic clock. */
  readonly #kept = new Map<string, number>();
  #restIsTold = false;

  /** `amounts`: what is summed; the first decides who has a series of its own. */
  constructor(amounts: readonly Amount[], { most = 50, mostPending = 5000 }: SumsByNameOptions = {}) {
    this.#amounts = amounts;
    this.#most = most;
    this.#mostPending = mostPending;
  }

  add(name: string, added: Partial<Record<Amount, number>>): void {
    const key = this.#pending.has(name) || this.#pending.size < this.#mostPending ? name : groupedName;
    let sums = this.#pending.get(key);
    if (!sums) this.#pending.set(key, (sums = this.#nothing()));
    for (const amount of this.#amounts) sums[amount] += added[amount] ?? 0;
  }

  /** What was added since the last take. Names with a series are there also with nothing added. */
  take(monotonicSeconds: number): Map<string, Record<Amount, number>> {
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [name, at] of this.#kept) {
      if (pending.has(name)) this.#kept.set(name, monotonicSeconds);
      else if (monotonicSeconds - at > keptIdleSeconds) this.#kept.delete(name);
    }
    const first = this.#amounts[0]!;
    const added = [...pending.keys()].filter((name) => name !== groupedName && !this.#kept.has(name));
    added.sort((one, other) => pending.get(other)![first] - pending.get(one)![first]);
    for (const name of added.slice(0, this.#most - this.#kept.size)) this.#kept.set(name, monotonicSeconds);
    const taken = new Map<string, Record<Amount, number>>();
    for (const name of this.#kept.keys()) taken.set(name, pending.get(name) ?? this.#nothing());
    const rest = this.#nothing();
    for (const [name, sums] of pending) {
      if (this.#kept.has(name)) continue;
      this.#restIsTold = true;
      for (const amount of this.#amounts) rest[amount] += sums[amount];
    }
    if (this.#restIsTold) taken.set(groupedName, rest);
    return taken;
  }

  #nothing(): Record<Amount, number> {
    return Object.fromEntries(this.#amounts.map((amount) => [amount, 0])) as Record<Amount, number>;
  }
}
