/**
 * Worlds in which resources are shared: each machine has a CPU and a disk, and a process has a demand on some of them, its
 * own machine's or, of a database, another's. While all demand on a resource (that of runs, unseen load, what the host
 * steals) exceeds its capacity, everybody there gets the same share of what he asks for, and who gets less goes slower. At
 * each instant a run's lost speed goes to those who crowd its resources, in proportion to their demands.
 */
import { CostLedger, sampleSeconds, type MachineLoad, type Played } from "./played.ts";
import type { Plan } from "./plan.ts";
import { day, origin } from "./schedule.ts";

/** The CPU of machine m is resource 2m, its disk 2m + 1. */
export type Demand = {
  resource: number;
  /** In units of its capacity, at full speed. */
  demand: number;
  /** Share of its work alone that waits for this resource (`phases`). */
  share: number;
};

/** Constant between its instants, ascending; 0 before the first. */
export type StepCurve = { at: readonly number[]; value: readonly number[] };

/** Nobody crowds himself. */
export const runDemand = (demand: number, intensity: number): number => Math.min(1, demand * intensity);

export type Sharing = {
  /** By process. */
  demands: readonly (readonly Demand[])[];
  /** Unlogged demand by resource, share stolen by machine. */
  unlogged: readonly StepCurve[];
  steal: readonly StepCurve[];
  /**
   * What a run's speed is by the shares it gets: of the scarcest resource, of all multiplied, or as if it used one after
   * the other.
   */
  slowdown: "scarcest" | "product" | "phases";
};

/** Seconds; instants since 1970 tell no less than a fifth of it. */
const finished = 1e-6;

type Active = {
  run: number;
  process: number;
  /** Nothing while it waits for something outside. */
  wants: readonly Demand[];
  waiting: number;
  left: number;
  speed: number;
  lost: Float64Array;
};

const nothing: readonly Demand[] = [];

export function playFluid(plan: Plan, sharing: Sharing): Played {
  return new Fluid(plan, sharing).play();
}

class Fluid {
  readonly #plan: Plan;
  readonly #sharing: Sharing;
  readonly #active: Active[] = [];
  /** By resource: demand of runs, all demand, capacity, share served. */
  readonly #demand: Float64Array;
  readonly #load: Float64Array;
  readonly #capacity: Float64Array;
  readonly #served: Float64Array;
  readonly #cursors: { curve: StepCurve; next: number; value: number }[];
  readonly #loads: MachineLoad[];
  readonly #crowding: Float64Array;

  constructor(plan: Plan, sharing: Sharing) {
    this.#plan = plan;
    this.#sharing = sharing;
    const resources = plan.machines * 2;
    this.#demand = new Float64Array(resources);
    this.#load = new Float64Array(resources);
    this.#capacity = new Float64Array(resources);
    this.#served = new Float64Array(resources);
    this.#crowding = new Float64Array(resources);
    this.#cursors = [...sharing.unlogged, ...sharing.steal].map((curve) => ({ curve, next: 0, value: 0 }));
    const samples = Math.ceil((plan.days * day) / sampleSeconds);
    this.#loads = Array.from({ length: plan.machines }, () => ({
      cpu: new Float32Array(samples),
      io: new Float32Array(samples),
      steal: new Float32Array(samples),
    }));
  }

  play(): Played {
    const { start, process, work, waiting } = this.#plan.runs;
    const count = start.length;
    const processes = this.#plan.processes.length;
    const end = new Float64Array(count);
    const unloggedSeconds = new Float64Array(count);
    const hostSeconds = new Float64Array(count);
    const ledger = new CostLedger();
    let at = Math.min(origin, start[0] ?? origin);
    for (let next = 0; next < count || this.#active.length > 0;) {
      this.#share();
      let until = next < count ? start[next]! : Infinity;
      for (const { curve, next: step } of this.#cursors) until = Math.min(until, curve.at[step] ?? Infinity);
      for (const run of this.#active)
        until = Math.min(until, at + (run.wants === nothing ? run.waiting : run.left / run.speed));
      until = Math.max(until, at);
      this.#pass(at, until);
      at = until;
      for (let k = this.#active.length - 1; k >= 0; k--) {
        const run = this.#active[k]!;
        if (run.wants === nothing) {
          if (run.waiting > finished) continue;
          run.wants = this.#wantsOf(run.run);
        }
        if (run.left > finished * run.speed) continue;
        end[run.run] = at;
        ledger.tell(run.run, Array.from(run.lost.subarray(0, processes).entries()));
        unloggedSeconds[run.run] = run.lost[processes]!;
        hostSeconds[run.run] = run.lost[processes + 1]!;
        this.#active[k] = this.#active.at(-1)!;
        this.#active.pop();
      }
      for (const cursor of this.#cursors) {
        while ((cursor.curve.at[cursor.next] ?? Infinity) <= at)
          cursor.value = cursor.curve.value[cursor.next++]!;
      }
      for (; next < count && start[next]! <= at; next++) {
        const lost = new Float64Array(processes + 2);
        const [owner, waits] = [process[next]!, waiting[next]!];
        const wants = waits > 0 ? nothing : this.#wantsOf(next);
        const left = work[next]! - waits;
        this.#active.push({ run: next, process: owner, wants, waiting: waits, left, speed: 1, lost });
      }
    }
    const costs = ledger.columns(count);
    return { plan: this.#plan, end, costs, unloggedSeconds, hostSeconds, loads: this.#loads };
  }

  #wantsOf(run: number): readonly Demand[] {
    const { process, intensity } = this.#plan.runs;
    return this.#sharing.demands[process[run]!]!.map((own) => ({
      ...own,
      demand: runDemand(own.demand, intensity[run]!),
    }));
  }

  /** What each resource serves now, and how fast each run goes. */
  #share(): void {
    const { slowdown } = this.#sharing;
    const resources = this.#demand.length;
    this.#demand.fill(0);
    for (const { wants } of this.#active)
      for (const { resource, demand } of wants) this.#demand[resource]! += demand;
    for (let r = 0; r < resources; r++) {
      this.#load[r] = this.#demand[r]! + this.#cursors[r]!.value;
      this.#capacity[r] = r % 2 === 0 ? 1 - this.#cursors[resources + r / 2]!.value : 1;
      this.#served[r] = Math.min(1, this.#capacity[r]! / Math.max(this.#load[r]!, 1e-9));
    }
    for (const run of this.#active) {
      const own = run.wants;
      if (slowdown === "scarcest")
        run.speed = Math.min(1, ...own.map(({ resource }) => this.#served[resource]!));
      else if (slowdown === "product")
        run.speed = own.reduce((speed, { resource }) => speed * this.#served[resource]!, 1);
      else
        run.speed =
          1 / own.reduce((time, { resource, share }) => time + share * (1 / this.#served[resource]! - 1), 1);
    }
  }

  /** Time passes with everything as it is. */
  #pass(from: number, to: number): void {
    const seconds = to - from;
    if (seconds <= 0) return;
    this.#sample(from, to);
    for (const run of this.#active) {
      if (run.wants === nothing) run.waiting -= seconds;
      else run.left -= seconds * run.speed;
      if (run.speed < 1) this.#blame(run, seconds * (1 - run.speed));
    }
  }

  #blame(run: Active, lost: number): void {
    const { slowdown } = this.#sharing;
    const own = run.wants;
    let all = 0;
    for (const { resource, share } of own) {
      const served = this.#served[resource]!;
      const part =
        slowdown === "scarcest"
          ? served === run.speed && all === 0
            ? 1
            : 0
          : slowdown === "product"
            ? -Math.log(served)
            : share * (1 / served - 1);
      this.#crowding[resource] = part;
      all += part;
    }
    const processes = this.#plan.processes.length;
    for (const { resource, demand } of own) {
      const seconds = (lost * this.#crowding[resource]!) / all;
      if (seconds <= 0) continue;
      const stolen = 1 - this.#capacity[resource]!;
      const unlogged = this.#cursors[resource]!.value;
      const others = this.#load[resource]! - demand + stolen;
      run.lost[processes]! += (seconds * unlogged) / others;
      run.lost[processes + 1]! += (seconds * stolen) / others;
      for (const other of this.#active) {
        if (other === run) continue;
        for (const wanted of other.wants)
          if (wanted.resource === resource) run.lost[other.process]! += (seconds * wanted.demand) / others;
      }
    }
  }

  #sample(from: number, to: number): void {
    const resources = this.#demand.length;
    for (let at = from; at < to;) {
      const sample = Math.floor((at - origin) / sampleSeconds + 1e-9);
      const until = Math.min(to, origin + (sample + 1) * sampleSeconds);
      const share = (until - at) / sampleSeconds;
      for (let machine = 0; machine < resources / 2; machine++) {
        const { cpu, io, steal } = this.#loads[machine]!;
        if (sample < 0 || sample >= cpu.length) continue;
        cpu[sample]! += share * this.#load[machine * 2]!;
        io[sample]! += share * this.#load[machine * 2 + 1]!;
        steal[sample]! += share * (1 - this.#capacity[machine * 2]!);
      }
      at = until;
    }
  }
}
