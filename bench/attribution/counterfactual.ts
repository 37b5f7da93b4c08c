/**
 * What a process truly cost a run by another account: how much sooner that would have been done in the very same world without
 * the process, which is played again once for each. Where many crowd a resource at once, all of the delay may go away with
 * one of them; the ledger of the world divides it among all by what they asked for.
 */
import { without, type Plan, type World } from "../../packages/simulator/src/index.ts";

export class Counterfactual {
  readonly #world: World;
  /** By process, the end of each run of the plan without it, by the name of the run. */
  readonly #ends = new Map<number, Map<string, number>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Seconds; `run` is one of the plan, of another process. */
  cost(process: number, run: number): number {
    const { plan, played } = this.#world;
    const ends = this.#ends.get(process) ?? this.#playWithout(process);
    return played.end[run]! - ends.get(nameOf(plan, run))!;
  }

  #playWithout(process: number): Map<string, number> {
    const { plan, end } = this.#world.play(without(this.#world.plan, process));
    const ends = new Map(Array.from(end, (at, run) => [nameOf(plan, run), at]));
    this.#ends.set(process, ends);
    return ends;
  }
}

const nameOf = ({ runs }: Plan, run: number): string => `${runs.process[run]}/${runs.key[run]}`;
