/**
 * The checks of this hub: held in memory and read again now and then, for other hubs change them too. What a machine is to
 * check is told to its agent when it connects and at each change; the rest is probed here (hub-probes.ts). Results come back
 * through the intake or from here, and what is believed of a check follows from them, in the order of their times.
 */
import { microsPerSecond, type Micros } from "@culprit/protocol";
import type {
  CheckChange,
  CheckResultRow,
  CheckRow,
  CheckStore,
  CheckTransitionRow,
} from "../store/store.ts";
import type { Clock } from "../clock.ts";
import { believe, nothingBelieved, type Belief } from "@culprit/probes";

/** Of one turn, in checks and in results. */
const settledAtOnce = 500;
const foldedAtOnce = 5000;

export class Checks {
  readonly #store: CheckStore;
  readonly #clock: Clock;
  #rows = new Map<number, CheckRow>();
  /** Their newest results are not part of what is believed yet. */
  readonly #heard = new Set<number>();

  constructor(store: CheckStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async refresh(): Promise<void> {
    this.#rows = new Map((await this.#store.list()).map((row) => [row.checkId, row]));
  }

  all(): CheckRow[] {
    return [...this.#rows.values()];
  }

  get(checkId: number): CheckRow | undefined {
    return this.#rows.get(checkId);
  }

  /** Of a machine; 0: of the hub. */
  of(machineId: number): CheckRow[] {
    return this.all().filter((row) => row.machineId === machineId);
  }

  async add(
    check: Omit<CheckRow, "checkId" | "belief" | "believedUntil" | "createdAt">,
    most: number,
  ): Promise<CheckRow | "name-taken" | "too-many"> {
    const added = await this.#store.add({ ...check, createdAt: this.#clock.now() }, most);
    await this.refresh();
    return added;
  }

  async change(checkId: number, change: CheckChange): Promise<"changed" | "absent" | "name-taken"> {
    const result = await this.#store.change(checkId, change);
    await this.refresh();
    return result;
  }

  async remove(checkId: number): Promise<boolean> {
    const removed = await this.#store.remove(checkId);
    await this.refresh();
    return removed;
  }

  /** Results of these are in the store. */
  heard(checkIds: Iterable<number>): void {
    for (const checkId of checkIds) this.#heard.add(checkId);
  }

  /** After a restart nobody knows which results were the last to be heard. */
  heardAll(): void {
    this.heard(this.#rows.keys());
  }

  /** Takes what was heard into what is believed. A result that is late, behind newer ones, changes nothing. */
  async settle(): Promise<void> {
    const heard = [...this.#heard].slice(0, settledAtOnce);
    const rows = heard.flatMap((checkId) => this.#rows.get(checkId) ?? []);
    // What is heard from here on is for the next time.
    for (const checkId of heard) this.#heard.delete(checkId);
    try {
      const asked = rows.map(({ checkId, believedUntil }) => ({ checkId, after: believedUntil }));
      const results = await this.#store.resultsAfter(asked, foldedAtOnce);
      await this.#believe(rows, results);
      if (results.length === foldedAtOnce) this.heard(heard);
    } catch (error) {
      this.heard(heard);
      throw error;
    }
  }

  /** `results`: of these checks, oldest first. */
  async #believe(rows: readonly CheckRow[], results: readonly CheckResultRow[]): Promise<void> {
    const news = new Map<number, { checkId: number; belief: Belief; until: Micros }>();
    const transitions: CheckTransitionRow[] = [];
    const byId = new Map(rows.map((row) => [row.checkId, row]));
    for (const result of results) {
      const { checkId, at: until } = result;
      const row = byId.get(checkId)!;
      const before = news.get(checkId) ?? { belief: beliefOf(row), until: row.believedUntil };
      const belief = believe(before.belief, result, row.retries);
      transitions.push(...transitionsBy(row, before, belief, result));
      news.set(checkId, { checkId, belief, until });
    }
    if (news.size > 0) await this.#store.believe([...news.values()], transitions);
    for (const { checkId, belief, until } of news.values()) {
      const current = this.#rows.get(checkId);
      if (current) this.#rows.set(checkId, { ...current, belief, believedUntil: until });
    }
  }
}

/** How long a result tells of its check: two that did not come in time end it. */
export const tellsFor = ({
  intervalSeconds,
  timeoutSeconds,
}: Pick<CheckRow, "intervalSeconds" | "timeoutSeconds">): Micros =>
  Math.round((2.2 * intervalSeconds + timeoutSeconds) * microsPerSecond);

const mostTextCharacters = 500;

/** What `result`, which made it `after`, changed in what is believed; a time without results is a change, too. */
function transitionsBy(
  row: CheckRow,
  before: { belief: Belief; until: Micros },
  after: Belief,
  { at, text, finding }: CheckResultRow,
): CheckTransitionRow[] {
  const { checkId, machineId } = row;
  const own = { machineId, checkId, text: text.slice(0, mostTextCharacters), finding };
  const silentFrom = before.until + tellsFor(row);
  const wasSilent = before.belief.state !== null && at > silentFrom;
  const transitions: CheckTransitionRow[] = [];
  if (wasSilent)
    transitions.push({ machineId, checkId, at: silentFrom, state: null, text: "", finding: null });
  const isNews = after.state !== before.belief.state && after.since !== null;
  if (isNews) transitions.push({ ...own, at: after.since!, state: after.state });
  // What is believed still, or what came before the silence already, holds again from here on.
  if (wasSilent && !(isNews && after.since === at)) transitions.push({ ...own, at, state: after.state });
  return transitions;
}

export function beliefOf({ belief }: Pick<CheckRow, "belief">): Belief {
  // Written by this class alone.
  return (belief as Belief | null) ?? nothingBelieved;
}
