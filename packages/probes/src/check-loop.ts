/**
 * When checks are due: each on its own phase of its interval, which comes from its id, so that a thousand of them do not
 * start at once and a restart changes nothing. One check never runs twice at a time, and so many at most run together.
 */
import { createHash } from "node:crypto";

export type Scheduled = {
  id: string;
  intervalSeconds: number;
  /** When it ran last, in microseconds since 1970, if somebody still knows: then it is not due at once. */
  lastAt?: number;
};

export type CheckLoopParts<Check extends Scheduled> = {
  /** Microseconds since 1970. */
  now: () => number;
  /** Answers whether to look again soon, before the interval is over. Must not reject. */
  run: (check: Check) => Promise<{ again: boolean }>;
  atOnce: number;
};

const micros = 1_000_000;
/** Of a result that is not believed yet. */
const againSeconds = 5;

type Entry<Check> = { check: Check; phase: number; slot: number; againAt: number | null };

export class CheckLoop<Check extends Scheduled> {
  readonly #parts: CheckLoopParts<Check>;
  #entries = new Map<string, Entry<Check>>();
  readonly #running = new Map<string, Promise<void>>();
  /** More are due than may run at once: the next begins as soon as one ends. */
  #crowded = false;

  constructor(parts: CheckLoopParts<Check>) {
    this.#parts = parts;
  }

  /** Replaces the list. What is new, or has another interval, is due at once, unless its last run was in this interval. */
  set(checks: readonly Check[]): void {
    const now = this.#parts.now();
    this.#entries = new Map(
      checks.map((check) => {
        const known = this.#entries.get(check.id);
        const kept = known?.check.intervalSeconds === check.intervalSeconds ? known : null;
        const phase = known?.phase ?? phaseOf(check.id);
        const { lastAt = Infinity } = check;
        const last = lastAt > now ? -Infinity : slotAt({ check, phase }, lastAt);
        // Somebody else may have run it since.
        const slot = Math.max(kept?.slot ?? -Infinity, last);
        return [check.id, { check, phase, slot, againAt: kept?.againAt ?? null }];
      }),
    );
  }

  /** Starts what is due, the longest overdue first; to be called each second. */
  tick(): void {
    const now = this.#parts.now();
    const due = [...this.#entries.values()]
      .filter((entry) => !this.#running.has(entry.check.id) && isDue(entry, now))
      .map((entry) => ({ entry, since: dueSince(entry) }))
      .toSorted((a, b) => (a.since < b.since ? -1 : Number(a.since > b.since)));
    const free = Math.max(0, this.#parts.atOnce - this.#running.size);
    for (const { entry } of due.slice(0, free)) this.#start(entry, now);
    this.#crowded = due.length > free;
  }

  /** Starts nothing more until the next tick. */
  rest(): void {
    this.#crowded = false;
  }

  /** Starts nothing more, and resolves when nothing runs. */
  async settled(): Promise<void> {
    this.rest();
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #start(entry: Entry<Check>, now: number): void {
    const { check } = entry;
    entry.slot = slotAt(entry, now);
    entry.againAt = null;
    this.#running.set(check.id, this.#run(check));
  }

  async #run(check: Check): Promise<void> {
    const { again } = await this.#parts.run(check);
    const current = this.#entries.get(check.id);
    const seconds = Math.min(againSeconds, check.intervalSeconds);
    if (again && current) current.againAt = this.#parts.now() + seconds * micros;
    this.#running.delete(check.id);
    if (this.#crowded) this.tick();
  }
}

/** A clock that was set back is no reason to wait until it is there again. */
function isDue(entry: Entry<Scheduled>, now: number): boolean {
  const { slot, againAt } = entry;
  return (againAt !== null && now >= againAt) || slotAt(entry, now) !== slot;
}

/** Instants of different intervals can be compared, their slots can't. */
function dueSince({ check, phase, slot, againAt }: Entry<Scheduled>): number {
  return Math.min(againAt ?? Infinity, (slot + 1 + phase) * check.intervalSeconds * micros);
}

/** Which of its intervals, counted from its phase, `now` lies in. */
function slotAt({ check, phase }: Pick<Entry<Scheduled>, "check" | "phase">, now: number): number {
  return Math.floor(now / (check.intervalSeconds * micros) - phase);
}

/** 0..1, the same for an id always, and far apart for ids that are near. */
function phaseOf(id: string): number {
  return createHash("sha256").update(id).digest().readUInt32BE() / 2 ** 32;
}
