/** What a checker remembers of each machine from one turn to the next. */
import type { Micros } from "@culprit/protocol";
import type { Belief, Believed } from "./believe-state.ts";
import { Rhythm } from "./rhythm.ts";

export type Watched = {
  belief: Belief;
  rhythm: Rhythm;
  missedSince: Micros | null;
  lookedAt: Micros;
  looking: boolean;
  /** Looks since it is missed. */
  looks: number;
  lastAnswerAt: Micros;
};

export class WatchedMachines {
  readonly #machines = new Map<number, Watched>();

  ids(): number[] {
    return [...this.#machines.keys()];
  }

  /** Of one that is new nothing is believed. */
  of(machineId: number): Watched {
    let watched = this.#machines.get(machineId);
    if (!watched) {
      watched = {
        belief: { believed: null, doubt: null },
        rhythm: new Rhythm(),
        missedSince: null,
        lookedAt: -Infinity,
        looking: false,
        looks: 0,
        lastAnswerAt: -Infinity,
      };
      this.#machines.set(machineId, watched);
    }
    return watched;
  }

  keepOnly(present: ReadonlySet<number>): void {
    for (const machineId of this.#machines.keys())
      if (!present.has(machineId)) this.#machines.delete(machineId);
  }

  /** What this hub could not see counts for nothing: all are missed anew. */
  forgetDoubts(): void {
    for (const watched of this.#machines.values())
      Object.assign(watched, { missedSince: null, looks: 0, belief: { ...watched.belief, doubt: null } });
  }

  beliefs(): Map<number, Believed> {
    const beliefs = new Map<number, Believed>();
    for (const [machineId, { belief }] of this.#machines)
      if (belief.believed) beliefs.set(machineId, belief.believed);
    return beliefs;
  }
}
