/**
 * Runs that crowd each other, played forward in time: between two events (a start, an end, a change of what else loads a
 * place) every load is constant, and each run works at the speed that the loads leave it. Everybody's delay delays others
 * in turn, so nothing is left to iterate.
 */
import { loadOf } from "../attribution/from-demand/contention.ts";
import { stretchOf } from "../attribution/from-demand/lost-speed.ts";
import type { Background } from "../attribution/from-demand/background.ts";

/** Sorted by start. */
export type CrowdRuns = {
  start: Float64Array;
  /** Seconds of work at full speed. */
  work: Float64Array;
  /** Position in the kinds. */
  kind: Int32Array;
};

/** What runs of one kind ask for and are sensitive to; `place`: position in the backgrounds. */
export type CrowdKind = {
  asks: readonly { place: number; demand: number }[];
  suffers: readonly { place: number; value: number }[];
};

/** By run, how long it takes. */
export function playCrowd(
  runs: CrowdRuns,
  kinds: readonly CrowdKind[],
  backgrounds: readonly Background[],
): Float64Array {
  return new Crowd(runs, kinds, backgrounds).play();
}

/** Of less work nothing is left. */
const finished = 1e-6;

/** Runs of one kind under way: all have the same speed, so each is done when their common work has come to its own. */
type Kind = CrowdKind & { speed: number; done: number; due: Due };

class Crowd {
  readonly #runs: CrowdRuns;
  readonly #kinds: readonly Kind[];
  readonly #backgrounds: readonly Background[];
  readonly #lengths: Float64Array;
  readonly #active = new Set<Kind>();
  /** A kind is there whose speed is not of now. */
  #joined = false;
  /** By place: demand of runs, the next change of its background, how much it stretches. */
  readonly #demand: Float64Array;
  readonly #next: Int32Array;
  readonly #stretch: Float64Array;

  constructor(runs: CrowdRuns, kinds: readonly CrowdKind[], backgrounds: readonly Background[]) {
    this.#runs = runs;
    this.#kinds = kinds.map((kind) => ({ ...kind, speed: 1, done: 0, due: new Due() }));
    this.#backgrounds = backgrounds;
    this.#lengths = new Float64Array(runs.start.length);
    this.#demand = new Float64Array(backgrounds.length);
    this.#next = new Int32Array(backgrounds.length);
    this.#stretch = new Float64Array(backgrounds.length);
  }

  play(): Float64Array {
    const { start } = this.#runs;
    let now = start[0] ?? 0;
    for (let next = 0; next < start.length || this.#active.size > 0;) {
      if (this.#active.size === 0) now = Math.max(now, start[next]!);
      while (next < start.length && start[next]! <= now) this.#begin(next++);
      this.#share(now);
      const until = Math.max(now, this.#until(now, start[next] ?? Infinity));
      this.#pass(now, until);
      now = until;
    }
    return this.#lengths;
  }

  #begin(run: number): void {
    const kind = this.#kinds[this.#runs.kind[run]!]!;
    if (!this.#active.has(kind)) this.#joined = true;
    this.#active.add(kind);
    kind.due.add(kind.done + this.#runs.work[run]!, run);
    for (const { place, demand } of kind.asks) this.#demand[place]! += demand;
  }

  /** What each place stretches from now on, and how fast each kind goes. */
  #share(now: number): void {
    let changed = this.#joined;
    this.#joined = false;
    for (const [place, { at, unlogged, stolen, asked }] of this.#backgrounds.entries()) {
      while (this.#next[place]! < at.length && at[this.#next[place]!]! <= now) this.#next[place]!++;
      const k = this.#next[place]! - 1;
      const demand = this.#demand[place]! * (asked?.[k] ?? 1);
      const stretch = stretchOf(loadOf(demand, unlogged[k] ?? 0, stolen[k] ?? 0));
      if (stretch !== this.#stretch[place]) changed = true;
      this.#stretch[place] = stretch;
    }
    if (!changed) return;
    for (const kind of this.#active) {
      kind.speed = 1;
      for (const { place, value } of kind.suffers) kind.speed /= 1 + value * this.#stretch[place]!;
    }
  }

  /** When something changes. */
  #until(now: number, nextStart: number): number {
    let until = nextStart;
    for (const [place, { at }] of this.#backgrounds.entries())
      until = Math.min(until, at[this.#next[place]!] ?? Infinity);
    for (const { due, done, speed } of this.#active) until = Math.min(until, now + (due.next - done) / speed);
    return until;
  }

  #pass(now: number, until: number): void {
    for (const kind of this.#active) {
      kind.done += (until - now) * kind.speed;
      while (kind.due.next <= kind.done + finished) this.#end(kind, until);
      if (kind.due.next === Infinity) this.#active.delete(kind);
    }
    // With nobody there no rounding is left either.
    if (this.#active.size === 0) this.#demand.fill(0);
  }

  #end({ asks, due }: Kind, now: number): void {
    const run = due.take();
    this.#lengths[run] = now - this.#runs.start[run]!;
    for (const { place, demand } of asks) this.#demand[place]! -= demand;
  }
}

/** Runs by when they are done, the first one on top: a binary heap. */
class Due {
  readonly #at: number[] = [];
  readonly #run: number[] = [];

  /** Infinity: none is left. */
  get next(): number {
    return this.#at[0] ?? Infinity;
  }

  add(at: number, run: number): void {
    let k = this.#at.length;
    for (let above = (k - 1) >> 1; k > 0 && this.#at[above]! > at; above = (k - 1) >> 1) {
      this.#put(k, this.#at[above]!, this.#run[above]!);
      k = above;
    }
    this.#put(k, at, run);
  }

  take(): number {
    const first = this.#run[0]!;
    const at = this.#at.pop()!;
    const run = this.#run.pop()!;
    const count = this.#at.length;
    if (count === 0) return first;
    let k = 0;
    for (let below = 1; below < count; below = 2 * k + 1) {
      if (below + 1 < count && this.#at[below + 1]! < this.#at[below]!) below++;
      if (this.#at[below]! >= at) break;
      this.#put(k, this.#at[below]!, this.#run[below]!);
      k = below;
    }
    this.#put(k, at, run);
    return first;
  }

  #put(k: number, at: number, run: number): void {
    this.#at[k] = at;
    this.#run[k] = run;
  }
}
