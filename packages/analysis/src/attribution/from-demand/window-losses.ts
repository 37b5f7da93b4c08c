/** What one window lost at one place, as an integral over its contended stretches. */
import { lowerBound } from "../../busy.ts";
import { loadOf, type Contention } from "./contention.ts";
import type { Evidence } from "../evidence.ts";
import { stretchOf } from "./lost-speed.ts";
import { soundSamples } from "./sound-samples.ts";

export type Integrals = {
  /** Seconds lost by each unit of usual demand until an instant. */
  warp: (instant: number) => number;
  unlogged: number;
  host: number;
  lost: number;
  /** Relative error of `lost` that an error of the load makes. */
  slack: number;
  /** The part of `lost` that may be others' and may be nobody's: what runs are taken to ask for beyond their usual demand. */
  doubt: number;
};

/** Over [from, to); the rates of `contention.ts`, with the run's own sensitivity, without its own demand. `loadError`: relative. */
export function integrate(
  contention: Contention,
  from: number,
  to: number,
  sensitivity: number,
  ownDemand: number,
  loadError: number,
): Integrals {
  const { demand, asked, unlogged, stolen } = contention;
  const at: number[] = [];
  const rate: number[] = [];
  const before: number[] = [];
  const sums = { warp: 0, unlogged: 0, host: 0, lost: 0, slack: 0, doubt: 0 };
  for (let k = 0; k < contention.from.length; k++) {
    const since = Math.max(from, contention.from[k]!);
    const seconds = Math.min(to, contention.to[k]!) - since;
    if (seconds <= 0) continue;
    const load = loadOf(demand[k]!, unlogged[k]!, stolen[k]!);
    const stretched = sensitivity * stretchOf(load);
    const lost = stretched / (1 + stretched);
    const others = demand[k]! - ownDemand * asked[k]! + unlogged[k]! + stolen[k]!;
    if (!(others > 1e-6)) continue;
    at.push(since);
    rate.push((lost * asked[k]!) / others);
    before.push(sums.warp);
    sums.warp += rate.at(-1)! * seconds;
    sums.unlogged += ((lost * unlogged[k]!) / others) * seconds;
    sums.host += ((lost * stolen[k]!) / others) * seconds;
    sums.lost += lost * seconds;
    sums.doubt += ((lost * demand[k]! * Math.abs(1 - 1 / asked[k]!)) / others) * seconds;
    sums.slack += ((sensitivity * load * loadError) / (1 + stretched) ** 2) * seconds;
  }
  return {
    unlogged: sums.unlogged,
    host: sums.host,
    lost: sums.lost,
    slack: sums.lost > 0 ? Math.min(1, sums.slack / sums.lost) : 0,
    doubt: sums.lost > 0 ? Math.min(1, sums.doubt / sums.lost) : 0,
    warp: (instant) => {
      let low = 0;
      let high = at.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (at[middle]! <= instant) low = middle + 1;
        else high = middle;
      }
      if (low === 0) return 0;
      const next = low < at.length ? before[low]! : sums.warp;
      return Math.min(next, before[low - 1]! + rate[low - 1]! * (instant - at[low - 1]!));
    },
  };
}

/**
 * The samples of the window: those that lie in it, because what ran before and after it need not be in the evidence; of a
 * window shorter than three of them, those that touch it.
 */
export function samplesWithin(evidence: Evidence, machine: number, from: number, to: number): Evidence {
  const samples = evidence.samples[machine];
  if (!samples) return evidence;
  const { at, load, steal } = samples;
  const first = lowerBound(at, from);
  const last = Math.min(at.length, lowerBound(at, to) + 1);
  // The first one touching has begun before the window, and the last one ends after it.
  const inside = last - first >= 5 ? 1 : 0;
  const cut = { from: Math.max(0, first - 1 + 2 * inside), to: last - inside };
  const part = soundSamples({
    at: at.subarray(cut.from, cut.to),
    load: { cpu: load.cpu.subarray(cut.from, cut.to), io: load.io.subarray(cut.from, cut.to) },
    steal: steal.subarray(cut.from, cut.to),
  });
  return { ...evidence, samples: evidence.samples.map((one, m) => (m === machine ? part : one)) };
}
