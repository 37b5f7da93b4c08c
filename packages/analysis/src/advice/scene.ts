/** A schedule with some groups moved: cumulative busy time of each group as it was, and as it would be. */
import { busyTime, type BusyTime } from "../busy.ts";
import { orderOf, pick } from "../intervals.ts";
import type { GroupRuns, Plan } from "./plan.ts";

/** By how many seconds all starts of a group move; negative is earlier. */
export type GroupMove = { group: number; shiftSeconds: number };

/** Busy times of a plan, each made when it is first asked for. */
export class BusyTimes {
  readonly plan: Plan;
  readonly #known = new Map<number, BusyTime>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  of(group: number): BusyTime {
    let busy = this.#known.get(group);
    if (!busy) {
      const { start, end } = this.plan.runs[group]!;
      this.#known.set(group, (busy = busyTime(start, end)));
    }
    return busy;
  }
}

export class Scene {
  readonly #before: BusyTimes;
  readonly shifts: ReadonlyMap<number, number>;
  readonly #after = new Map<number, BusyTime>();

  /** Two moves of one group add up. */
  constructor(before: BusyTimes, moves: readonly GroupMove[]) {
    this.#before = before;
    const shifts = new Map<number, number>();
    for (const { group, shiftSeconds } of moves) shifts.set(group, (shifts.get(group) ?? 0) + shiftSeconds);
    this.shifts = shifts;
  }

  get moved(): number[] {
    return [...this.shifts.keys()];
  }

  shiftOf(group: number): number {
    return this.shifts.get(group) ?? 0;
  }

  before(group: number): BusyTime {
    return this.#before.of(group);
  }

  after(group: number): BusyTime {
    const shift = this.shifts.get(group);
    if (shift === undefined) return this.before(group);
    let busy = this.#after.get(group);
    if (!busy) {
      const runs = this.#before.plan.runs[group]!;
      const lengths = runs.start.map((start, i) => runs.end[i]! - start);
      this.#after.set(group, (busy = busyOf(this.#before.plan, runs, lengths, shift)));
    }
    return busy;
  }

  /** What a moved group's runs would take there, by run. */
  setLengths(group: number, lengths: Float64Array): void {
    const { plan } = this.#before;
    this.#after.set(group, busyOf(plan, plan.runs[group]!, lengths, this.shiftOf(group)));
  }
}

/** Where a start comes in when it moves beyond the end of the window; what lies outside of it is not touched. */
export function moved({ from, span }: Pick<Plan, "from" | "span">, start: number, shift: number): number {
  const inside = start - from;
  if (shift === 0 || inside >= span) return start + shift;
  return from + ((((inside + shift) % span) + span) % span);
}

/** The same runs with other lengths, moved, by their new starts. */
export function movedRuns(
  plan: Plan,
  { start, timed }: GroupRuns,
  lengths: Float64Array,
  shift: number,
): GroupRuns {
  if (shift === 0) return { start, end: start.map((one, i) => one + lengths[i]!), timed };
  const starts = start.map((one) => moved(plan, one, shift));
  const order =
    starts.length < few
      ? Uint32Array.from(starts.keys()).sort((a, b) => starts[a]! - starts[b]!)
      : orderOf(starts);
  const ordered = pick(starts, order, new Float64Array(order.length));
  return {
    start: ordered,
    end: ordered.map((one, at) => one + lengths[order[at]!]!),
    timed: timed.map((_, at) => timed[order[at]!]!),
  };
}

/** Below so many the radix sort's tables cost more than they save. */
const few = 4096;

function busyOf(plan: Plan, runs: GroupRuns, lengths: Float64Array, shift: number): BusyTime {
  const { start, end } = movedRuns(plan, runs, lengths, shift);
  return busyTime(start, end);
}
