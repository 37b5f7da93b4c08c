/**
 * What a second beside a suspect costs a victim, in seconds, also for pairs that never met: a move makes new neighbours.
 *
 * Found pairs have what was fitted. Others are pooled as a matrix of rank one (Rasch 1960; the victim's sensitivity times
 * the suspect's weight): weight = the median of what the suspect costs its victims, sensitivity = the median of what a
 * victim loses over the weights. A pair that met often and was not found costs no more than its meetings leave open.
 */
import { medianOf } from "../statistics.ts";

/** Seconds lost by each second beside; `low` and `high` bound 95%. */
export type Rate = { perSecond: number; low: number; high: number };

export type PairRate = Rate & { victim: number; suspect: number };

/** A second beside others can't cost more. */
const highestRate = 0.95;
/** What a process costs one that was never seen to suffer from it, at most, where it is not known to cost anybody anything. */
const strangerHigh = 0.3;
const deviations = 1.96;

/** Of one victim: what suspects cost it, of which several are of one process or can't be told apart. */
export type KnownCost = {
  suspects: readonly number[];
  perSecond: { value: number; low: number; high: number };
};

/**
 * By pair. Of processes that can't be told apart each may be the one, or none: all together cost what was found.
 * `costs`: by group as victim.
 */
export function ratesOf(costs: readonly (readonly KnownCost[])[], process: Int32Array): PairRate[] {
  return costs.flatMap((ofVictim, victim) =>
    ofVictim.flatMap(({ suspects, perSecond: { value, low, high } }) => {
      const processes = new Set(suspects.map((suspect) => process[suspect])).size;
      return suspects
        .filter((suspect) => suspect !== victim && value > 0)
        .map((suspect) => ({
          victim,
          suspect,
          perSecond: Math.min(highestRate, value / processes),
          low: processes > 1 ? 0 : Math.max(0, low),
          high: Math.min(highestRate, high),
        }));
    }),
  );
}

export class Rates {
  readonly #known = new Map<number, Map<number, Rate>>();
  readonly #weights = new Map<number, number>();
  readonly #sensitivities = new Map<number, number>();
  readonly #victims = new Map<number, number>();

  constructor(pairs: readonly PairRate[]) {
    const bySuspect = new Map<number, number[]>();
    for (const { victim, suspect, ...rate } of pairs) {
      let suspects = this.#known.get(victim);
      if (!suspects) this.#known.set(victim, (suspects = new Map<number, Rate>()));
      suspects.set(suspect, rate);
      const found = bySuspect.get(suspect) ?? [];
      bySuspect.set(suspect, [...found, rate.perSecond]);
    }
    for (const [suspect, found] of bySuspect) {
      this.#weights.set(suspect, medianOf(found));
      this.#victims.set(suspect, found.length);
    }
    for (const [victim, suspects] of this.#known)
      this.#sensitivities.set(
        victim,
        medianOf([...suspects].map(([suspect, { perSecond }]) => perSecond / this.#weights.get(suspect)!)),
      );
  }

  /** Whom a victim is known to suffer from. */
  suspectsOf(victim: number): ReadonlyMap<number, Rate> {
    return this.#known.get(victim) ?? none;
  }

  /** Whether a suspect is known to cost anybody anything. */
  isCulprit(suspect: number): boolean {
    return this.#weights.has(suspect);
  }

  /**
   * Of a pair that was not found. `mostCost`: by its meetings, Infinity if they tell nothing; `tested`: how many processes
   * the suspect could have hurt. Of a culprit: it hurts another one with the probability with which it hurt those, less
   * where their meetings speak against it; `low` and `high` are two deviations of that lottery, not bounds of one pair.
   */
  unfound(victim: number, suspect: number, mostCost: number, tested: number): Rate {
    const weight = this.#weights.get(suspect);
    if (weight === undefined) return { perSecond: 0, low: 0, high: Math.min(strangerHigh, mostCost) };
    const cost = Math.min(highestRate, weight * (this.#sensitivities.get(victim) ?? 1));
    const open = Math.min(1, mostCost / cost);
    const probability = Math.min(1, this.#victims.get(suspect)! / Math.max(1, tested)) * open ** 2;
    const deviation = deviations * cost * Math.sqrt(probability * (1 - probability));
    const perSecond = probability * cost;
    return { perSecond, low: perSecond - deviation, high: perSecond + deviation };
  }
}

const none: ReadonlyMap<number, Rate> = new Map();
