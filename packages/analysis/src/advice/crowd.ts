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

/**
 * Runs of one kind under way all have the same speed, so each is done when their common work has come to its own. Where hundreds
 * of kinds crowd each other, each event changes all of them: what is gone through then are columns.
 */
class Crowd {
  readonly #runs: CrowdRuns;
  readonly #kinds: readonly CrowdKind[];
  readonly #backgrounds: readonly Background[];
  readonly #lengths: Float64Array;
  /** By kind: its speed, its common work done so far, its runs by the work at which they end, and the first of these. */
  readonly #speed: Float64Array;
  readonly #done: Float64Array;
  readonly #due: readonly Due[];
  readonly #next: Float64Array;
  /** Kinds that are there, in the order in which they came. */
  readonly #active: Int32Array;
  readonly #isActive: Uint8Array;
  #count = 0;
  /** A kind is there whose speed is not of now. */
  #joined = false;
  /** By place: demand of runs, the next change of its background, how much it stretches. */
  readonly #demand: Float64Array;
  readonly #change: Int32Array;
  readonly #stretch: Float64Array;

  constructor(runs: CrowdRuns, kinds: readonly CrowdKind[], backgrounds: readonly Background[]) {
    this.#runs = runs;
    this.#kinds = kinds;
    this.#backgrounds = backgrounds;
    this.#lengths = new Float64Array(runs.start.length);
    this.#speed = new Float64Array(kinds.length).fill(1);
    this.#done = new Float64Array(kinds.length);
    this.#due = kinds.map(() => new Due());
    this.#next = new Float64Array(kinds.length).fill(Infinity);
    this.#active = new Int32Array(kinds.length);
    this.#isActive = new Uint8Array(kinds.length);
    this.#demand = new Float64Array(backgrounds.length);
    this.#change = new Int32Array(backgrounds.length);
    this.#stretch = new Float64Array(backgrounds.length);
  }

  play(): Float64Array {
    const { start } = this.#runs;
    let now = start[0] ?? 0;
    for (let next = 0; next < start.length || this.#count > 0;) {
      if (this.#count === 0) now = Math.max(now, start[next]!);
      while (next < start.length && start[next]! <= now) this.#begin(next++);
      this.#share(now);
      const until = Math.max(now, this.#until(now, start[next] ?? Infinity));
      this.#pass(now, until);
      now = until;
    }
    return this.#lengths;
  }

  #begin(run: number): void {
    const kind = this.#runs.kind[run]!;
    if (this.#isActive[kind] === 0) {
      this.#joined = true;
      this.#isActive[kind] = 1;
      this.#active[this.#count++] = kind;
    }
    const due = this.#due[kind]!;
    due.add(this.#done[kind]! + this.#runs.work[run]!, run);
    this.#next[kind] = due.next;
    for (const { place, demand } of this.#kinds[kind]!.asks) this.#demand[place]! += demand;
  }

  /** What each place stretches from now on, and how fast each kind goes. */
  #share(now: number): void {
    let changed = this.#joined;
    this.#joined = false;
    for (let place = 0; place < this.#backgrounds.length; place++) {
      const { at, unlogged, stolen, asked } = this.#backgrounds[place]!;
      while (this.#change[place]! < at.length && at[this.#change[place]!]! <= now) this.#change[place]!++;
      const k = this.#change[place]! - 1;
      const demand = this.#demand[place]! * (k < 0 ? 1 : (asked?.[k] ?? 1));
      const stretch = stretchOf(loadOf(demand, k < 0 ? 0 : unlogged[k]!, k < 0 ? 0 : stolen[k]!));
      if (stretch !== this.#stretch[place]) changed = true;
      this.#stretch[place] = stretch;
    }
    if (!changed) return;
    for (let a = 0; a < this.#count; a++) {
      const kind = this.#active[a]!;
      let speed = 1;
      for (const { place, value } of this.#kinds[kind]!.suffers) speed /= 1 + value * this.#stretch[place]!;
      this.#speed[kind] = speed;
    }
  }

  /** When something changes. */
  #until(now: number, nextStart: number): number {
    let until = nextStart;
    for (let place = 0; place < this.#backgrounds.length; place++) {
      const { at } = this.#backgrounds[place]!;
      if (this.#change[place]! < at.length) until = Math.min(until, at[this.#change[place]!]!);
    }
    for (let a = 0; a < this.#count; a++) {
      const kind = this.#active[a]!;
      const end = now + (this.#next[kind]! - this.#done[kind]!) / this.#speed[kind]!;
      if (end < until) until = end;
    }
    return until;
  }

  #pass(now: number, until: number): void {
    let left = 0;
    for (let a = 0; a < this.#count; a++) {
      const kind = this.#active[a]!;
      const done = this.#done[kind]! + (until - now) * this.#speed[kind]!;
      this.#done[kind] = done;
      if (this.#next[kind]! <= done + finished) this.#end(kind, until);
      if (this.#next[kind] === Infinity) this.#isActive[kind] = 0;
      else this.#active[left++] = kind;
    }
    this.#count = left;
    // With nobody there no rounding is left either.
    if (left === 0) this.#demand.fill(0);
  }

  /** Those whose work is done. */
  #end(kind: number, now: number): void {
    const due = this.#due[kind]!;
    while (due.next <= this.#done[kind]! + finished) {
      const run = due.take();
      this.#lengths[run] = now - this.#runs.start[run]!;
      for (const { place, demand } of this.#kinds[kind]!.asks) this.#demand[place]! -= demand;
    }
    this.#next[kind] = due.next;
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
