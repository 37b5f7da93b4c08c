/**
 * CPU time of children that came and went between two looks. The kernel gives an ended child's time to the process that waits
 * for it; less that of children that looks saw, which is told of them, it is that of those nobody saw.
 *
 * Whose parent ended too was waited for by it, and then its time came to the nearest ancestor that lives; or it was adopted,
 * and came to one further up: the kernel does not tell which. It is taken off once, from the nearest that was given so much.
 * So the sum over all is right, and only whether an ancestor or one above it is named may be wrong.
 */
import type { OsProcess } from "./os-process.ts";
import type { OsProcessTable } from "./os-process-table.ts";

/** Ticks of a process that looks saw and that has ended. `adopted`: who waited for it may be any ancestor of `from`, too. */
type Seen = { ticks: number; from: OsProcess | undefined; adopted: boolean };

/** More would be a circle, which only looks at changing processes can show. */
const mostGenerations = 1000;

export class UnseenChildren {
  readonly #table: Pick<OsProcessTable, "byPid" | "ended">;
  #ended = new Map<number, OsProcess>();
  /** Of the look before: a child may be waited for after the look at its parent and before the look at itself. */
  #late: Seen[] = [];

  constructor(table: Pick<OsProcessTable, "byPid" | "ended">) {
    this.#table = table;
  }

  /** After each look but the first: the ticks that each process got of children that nobody saw, where there are any. */
  note(): Map<OsProcess, number> {
    const { byPid, ended } = this.#table;
    this.#ended = new Map(ended.map((process) => [process.pid, process]));
    const given = new Map<OsProcess, number>();
    for (const process of byPid.values()) {
      const ticks = process.waitedTicks - process.waitedToldTicks;
      process.waitedToldTicks = process.waitedTicks;
      if (ticks > 0) given.set(process, ticks);
    }
    const late = this.#late.map((seen) => this.#climbed(seen));
    const now = ended.map((process) =>
      this.#climbed({
        ticks: process.now.ticks + process.waitedTicks,
        from: this.#parentOf(process),
        adopted: false,
      }),
    );
    // Those that only one process can have waited for have no other to be taken from.
    for (const adopted of [false, true])
      for (const seen of [...late, ...now]) if (seen.adopted === adopted) this.#takeOff(seen, given);
    this.#late = now.filter(({ ticks }) => ticks > 0);
    return given;
  }

  #takeOff(seen: Seen, given: Map<OsProcess, number>): void {
    let { from } = seen;
    for (let steps = 0; from && seen.ticks > 0 && steps < mostGenerations; steps++) {
      const ticks = given.get(from) ?? 0;
      const taken = Math.min(ticks, seen.ticks);
      seen.ticks -= taken;
      if (taken < ticks) given.set(from, ticks - taken);
      else given.delete(from);
      from = seen.adopted ? this.#parentOf(from) : undefined;
    }
  }

  /** From a process that is gone to its nearest ancestor that is not; one that has ended leaves its children to others. */
  #climbed({ ticks, from, adopted }: Seen): Seen {
    let nearest = from;
    for (
      let steps = 0;
      nearest && this.#ended.get(nearest.pid) === nearest && steps < mostGenerations;
      steps++
    )
      nearest = this.#parentOf(nearest);
    return { ticks, from: nearest, adopted: adopted || nearest !== from || nearest?.zombie === true };
  }

  /** One that has ended goes before another that has got its pid. */
  #parentOf({ parentPid }: OsProcess): OsProcess | undefined {
    return this.#ended.get(parentPid) ?? this.#table.byPid.get(parentPid);
  }
}
