/** The numbers that attribution knows machines, processes and groups by. They only grow: a slice has those of its model. */
import type { MachineFacts } from "./raw-evidence.ts";

/** What has a normal of its own: `machine` and `process` are the roster's numbers, the others the store's. */
export type KnownGroup = {
  machine: number;
  process: number;
  machineId: number;
  processId: number;
  kind: number;
};

export class Roster {
  readonly machines: MachineFacts[] = [];
  readonly groups: KnownGroup[] = [];
  /** The store's ids of the processes. */
  readonly processIds: number[] = [];
  readonly #machines = new Map<number, number>();
  readonly #processes = new Map<number, number>();
  /** By machine and kind, then by process: no text is made for each of millions of rows. */
  readonly #groups = new Map<number, Map<number, number>>();

  constructor(facts: readonly MachineFacts[]) {
    for (const one of facts) this.#machine(one.machineId, one);
  }

  /** Makes a number where there is none. */
  groupOf(machineId: number, processId: number, kind: number): number {
    const place = machineId * kindsBelow + kind;
    let processes = this.#groups.get(place);
    if (!processes) this.#groups.set(place, (processes = new Map()));
    let group = processes.get(processId);
    if (group === undefined) {
      group = this.groups.length;
      processes.set(processId, group);
      const [machine, process] = [this.#machine(machineId), this.#process(processId)];
      this.groups.push({ machine, process, machineId, processId, kind });
    }
    return group;
  }

  /** All kinds of a process on a machine. */
  groupsOf(machineId: number, processId: number): number[] {
    return this.groups.flatMap((group, at) =>
      group.machineId === machineId && group.processId === processId ? [at] : [],
    );
  }

  /** A number for each machine, the same for those that share something; a machine in two lists joins them. */
  sharedBy(shared: readonly (readonly number[])[]): Int32Array | null {
    if (shared.length === 0) return null;
    const numbers = Int32Array.from(this.machines.keys());
    for (const list of shared) {
      const members = list.flatMap((machineId) => this.#machines.get(machineId) ?? []);
      const joined = new Set(members.map((machine) => numbers[machine]!));
      const lowest = Math.min(...joined);
      for (const [machine, number] of numbers.entries()) if (joined.has(number)) numbers[machine] = lowest;
    }
    return numbers;
  }

  #machine(machineId: number, facts?: MachineFacts): number {
    let machine = this.#machines.get(machineId);
    if (machine === undefined) {
      machine = this.machines.length;
      this.#machines.set(machineId, machine);
      this.machines.push(facts ?? { machineId, cores: null, zone: null });
    }
    return machine;
  }

  #process(processId: number): number {
    let process = this.#processes.get(processId);
    if (process === undefined) {
      process = this.processIds.length;
      this.#processes.set(processId, process);
      this.processIds.push(processId);
    }
    return process;
  }
}

const kindsBelow = 16;
