/**
 * When a resource was asked for more than it has, and the sums that say who lost what by it, as prefix sums over these
 * stretches of time, so that any window costs two binary searches.
 * All demand L = that of the runs + unlogged load, over what the host leaves: L / (1 - stolen). What a run loses there is
 * the doing of all others in proportion to what they take: runs by their demands D, the host by what it stole. So what
 * one of them did to a run is the integral of D Q / (L + stolen) while both ran: an overlap in warped time.
 */
import type { Background } from "./background.ts";
import type { DemandCurve } from "./demand-curve.ts";
import { lostSpeed, stretchOf } from "./lost-speed.ts";

/** Stretches of contended time, ascending, apart from each other; what is `before` is gathered until `from`. */
export type Contention = {
  from: Float64Array;
  to: Float64Array;
  /** Of the runs: their usual demand times what they then asked for, more or less (`asked`). */
  demand: Float64Array;
  asked: Float64Array;
  unlogged: Float64Array;
  stolen: Float64Array;
  /** Integrals of lost speed Q, of stretch X, and of Q over all that is taken. */
  lostBefore: Float64Array;
  stretchBefore: Float64Array;
  warpBefore: Float64Array;
};

/** The load that runs meet, in units of what the host leaves. */
export function loadOf(demand: number, unlogged: number, stolen: number): number {
  return (demand + unlogged) / (1 - stolen);
}

export function contentionOf(runs: DemandCurve, background: Background): Contention {
  const rows = new Rows();
  let unlogged = 0;
  let stolen = 0;
  let demand = 0;
  let asked = 1;
  let since = -Infinity;
  for (let r = 0, b = 0; r < runs.at.length || b < background.at.length;) {
    const runsFirst = r < runs.at.length && !(background.at[b]! < runs.at[r]!);
    const at = runsFirst ? runs.at[r]! : background.at[b]!;
    if (at > since) {
      rows.add(since, at, demand, asked, unlogged, stolen);
      since = at;
    }
    if (runsFirst) demand = runs.demand[r++]!;
    else {
      unlogged = background.unlogged[b]!;
      asked = background.asked?.[b] ?? 1;
      stolen = background.stolen[b++]!;
    }
  }
  return rows.gathered();
}

class Rows {
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #demand: number[] = [];
  readonly #asked: number[] = [];
  readonly #unlogged: number[] = [];
  readonly #stolen: number[] = [];

  add(from: number, to: number, usual: number, asked: number, unlogged: number, stolen: number): void {
    const demand = usual * asked;
    if (!(loadOf(demand, unlogged, stolen) > 1)) return;
    this.#from.push(from);
    this.#to.push(to);
    this.#demand.push(demand);
    this.#asked.push(asked);
    this.#unlogged.push(unlogged);
    this.#stolen.push(stolen);
  }

  gathered(): Contention {
    const count = this.#from.length;
    const contention: Contention = {
      from: new Float64Array(this.#from),
      to: new Float64Array(this.#to),
      demand: new Float64Array(this.#demand),
      asked: new Float64Array(this.#asked),
      unlogged: new Float64Array(this.#unlogged),
      stolen: new Float64Array(this.#stolen),
      lostBefore: new Float64Array(count),
      stretchBefore: new Float64Array(count),
      warpBefore: new Float64Array(count),
    };
    for (let k = 1; k < count; k++) {
      const seconds = contention.to[k - 1]! - contention.from[k - 1]!;
      contention.lostBefore[k] = contention.lostBefore[k - 1]! + lostRate(contention, k - 1) * seconds;
      contention.stretchBefore[k] =
        contention.stretchBefore[k - 1]! + stretchRate(contention, k - 1) * seconds;
      contention.warpBefore[k] = contention.warpBefore[k - 1]! + warpRate(contention, k - 1) * seconds;
    }
    return contention;
  }
}

export function lostRate({ demand, unlogged, stolen }: Contention, k: number): number {
  return lostSpeed(loadOf(demand[k]!, unlogged[k]!, stolen[k]!));
}

export function stretchRate({ demand, unlogged, stolen }: Contention, k: number): number {
  return stretchOf(loadOf(demand[k]!, unlogged[k]!, stolen[k]!));
}

/** Lost speed by each unit of usual demand. */
export function warpRate(contention: Contention, k: number): number {
  const { demand, asked, unlogged, stolen } = contention;
  return (asked[k]! * lostRate(contention, k)) / (demand[k]! + unlogged[k]! + stolen[k]!);
}

export type Gathered = { lost: number; stretch: number; warp: number };

/** The integrals until an instant. */
export function gatheredUntil(contention: Contention, instant: number, into: Gathered): Gathered {
  const k = stretchBeforeOrAt(contention.from, instant);
  if (k < 0) {
    into.lost = into.stretch = into.warp = 0;
    return into;
  }
  const seconds = Math.min(instant, contention.to[k]!) - contention.from[k]!;
  into.lost = contention.lostBefore[k]! + lostRate(contention, k) * seconds;
  into.stretch = contention.stretchBefore[k]! + stretchRate(contention, k) * seconds;
  into.warp = contention.warpBefore[k]! + warpRate(contention, k) * seconds;
  return into;
}

/** The last position with a value not above `instant`; -1 if there is none. */
function stretchBeforeOrAt(from: Float64Array, instant: number): number {
  let low = 0;
  let high = from.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (from[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
