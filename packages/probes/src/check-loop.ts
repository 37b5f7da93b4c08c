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

  constructor(parts: CheckLoopParts<Check>) {
    this.#parts = parts;
  }

  /** Replaces the list. What is new, or has another interval, is due at once, unless its last run was in this interval. */
  set(checks: readonly Check[]): void {
    this.#entries = new Map(
      checks.map((check) => {
        const known = this.#entries.get(check.id);
        const kept = known?.check.intervalSeconds === check.intervalSeconds ? known : null;
        const phase = known?.phase ?? phaseOf(check.id);
        const last = check.lastAt === undefined ? -Infinity : slotAt({ check, phase }, check.lastAt);
        return [check.id, { check, phase, slot: kept?.slot ?? last, againAt: kept?.againAt ?? null }];
      }),
    );
  }

  /** Starts what is due, the longest overdue first; to be called each second. */
  tick(): void {
    const now = this.#parts.now();
    const due = [...this.#entries.values()]
      .filter((entry) => !this.#running.has(entry.check.id) && isDue(entry, now))
      .toSorted((a, b) => a.slot - b.slot);
    for (const entry of due.slice(0, Math.max(0, this.#parts.atOnce - this.#running.size)))
      this.#start(entry, now);
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
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
  }
}

function isDue(entry: Entry<Scheduled>, now: number): boolean {
  const { slot, againAt } = entry;
  return (againAt !== null && now >= againAt) || slotAt(entry, now) > slot;
}

/** Which of its intervals, counted from its phase, `now` lies in. */
function slotAt({ check, phase }: Pick<Entry<Scheduled>, "check" | "phase">, now: number): number {
  return Math.floor(now / (check.intervalSeconds * micros) - phase);
}

/** 0..1, the same for an id always, and far apart for ids that are near. */
function phaseOf(id: string): number {
  return createHash("sha256").update(id).digest().readUInt32BE() / 2 ** 32;
}
