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
/** What a process costs one that it never met, at most, where nothing is known of either. */
const strangerHigh = 0.3;
/** Pooled from others a rate is known to this factor, to both sides. */
const pooledFactor = 2.5;

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

  /**
   * Of a pair that was not found. `mostCost`: by its meetings, Infinity if they tell nothing; `tested`: how many processes
   * the suspect could have hurt.
   */
  unfound(victim: number, suspect: number, mostCost: number, tested: number): Rate {
    const weight = this.#weights.get(suspect);
    const sensitivity = this.#sensitivities.get(victim);
    // One that is a victim of others is sensitive to the suspect as well, more likely than not.
    const likely = sensitivity === undefined ? (this.#victims.get(suspect) ?? 0) / Math.max(1, tested) : 1;
    const expected = weight === undefined ? 0 : weight * (sensitivity ?? 1);
    const most = weight === undefined ? strangerHigh : Math.min(highestRate, expected * pooledFactor);
    const high = Math.min(most, mostCost);
    // The more the runs that met exclude, the less is left of what others suggest.
    const perSecond = most === 0 ? 0 : Math.min(high, (expected * Math.min(1, likely) * high) / most);
    return { perSecond, low: 0, high };
  }
}

const none: ReadonlyMap<number, Rate> = new Map();
