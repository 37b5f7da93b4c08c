/** What is expected of the processes: the one place that writes expectations, for people, check-ins and what was learnt. */
import { CronSchedule, ScheduleError } from "@culprit/analysis";
import { ProblemError, type ExpectationSource, type Micros } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { ExpectationRow, ExpectationStore } from "../store/store.ts";

/** Seconds; what is absent is not bound, `graceSeconds` is 300, `timeZone` UTC. `cron` or `everySeconds`, or neither. */
export type ExpectationWish = {
  processId: number;
  machineId: number;
  source: ExpectationSource;
  cron?: string | null | undefined;
  timeZone?: string | null | undefined;
  everySeconds?: number | null | undefined;
  graceSeconds?: number | undefined;
  maxSeconds?: number | null | undefined;
  minSeconds?: number | null | undefined;
  enabled?: boolean | undefined;
  confidence?: number | undefined;
};

const defaultGraceSeconds = 300;
/** Small and read whole every few seconds: a bound against callers that make them without end. */
const mostExpectations = 20_000;
/** The strongest word first. */
const strength = ["set", "check-in", "learnt"] as const satisfies ExpectationSource[];

export class Supervision {
  readonly #expectations: ExpectationStore;
  readonly #clock: Clock;

  constructor({ expectations, clock }: { expectations: ExpectationStore; clock: Clock }) {
    this.#expectations = expectations;
    this.#clock = clock;
  }

  /**
   * Takes the place of what the same source said of this process and machine. Throws a problem of code `invalid-request` for
   * a schedule that can't be read, `limit-exceeded` past the number of expectations a hub keeps.
   */
  async expect(wish: ExpectationWish): Promise<ExpectationRow> {
    const now = this.#clock.now();
    const row = rowOf(wish, now);
    const all = await this.#expectations.list();
    const known = all.some((one) => sameSubject(one, wish) && one.source === wish.source);
    if (!known && all.length >= mostExpectations)
      throw new ProblemError("limit-exceeded", `a hub keeps ${mostExpectations} expectations`, {
        limit: mostExpectations,
      });
    const [stored] = await this.#expectations.put([row]);
    return stored!;
  }

  /** No longer expects what this source said; answers whether there was anything. */
  async forget(wish: Pick<ExpectationWish, "processId" | "machineId" | "source">): Promise<boolean> {
    const all = await this.#expectations.list();
    const ids = all
      .filter((one) => sameSubject(one, wish) && one.source === wish.source)
      .map(({ expectationId }) => expectationId);
    return ids.length > 0 && (await this.#expectations.remove(ids)) > 0;
  }

  /** Nobody expects anything of a machine that is removed. */
  async forgetMachine(machineId: number): Promise<void> {
    const all = await this.#expectations.list();
    const ids = all.filter((one) => one.machineId === machineId).map(({ expectationId }) => expectationId);
    if (ids.length > 0) await this.#expectations.remove(ids);
  }

  all(): Promise<ExpectationRow[]> {
    return this.#expectations.list();
  }

  async byId(expectationId: number): Promise<ExpectationRow | undefined> {
    return (await this.all()).find((one) => one.expectationId === expectationId);
  }
}

/** Of each process and machine the strongest word, if that is not to leave it alone. */
export function inForce(all: readonly ExpectationRow[]): ExpectationRow[] {
  const strongest = new Map<string, ExpectationRow>();
  for (const source of strength.toReversed())
    for (const one of all) if (one.source === source) strongest.set(`${one.machineId} ${one.processId}`, one);
  return [...strongest.values()].filter(({ enabled }) => enabled);
}

function sameSubject(
  a: { processId: number; machineId: number },
  b: { processId: number; machineId: number },
): boolean {
  return a.processId === b.processId && a.machineId === b.machineId;
}

function rowOf(wish: ExpectationWish, now: Micros): Omit<ExpectationRow, "expectationId"> {
  const { cron = null, everySeconds = null, maxSeconds = null, minSeconds = null } = wish;
  if (cron !== null && everySeconds !== null) refuse("give `cron` or `everySeconds`, not both");
  if (maxSeconds !== null && minSeconds !== null && minSeconds > maxSeconds)
    refuse("`minSeconds` is more than `maxSeconds`");
  const timeZone = cron === null ? null : (wish.timeZone ?? "UTC");
  if (cron !== null) readCron(cron, timeZone!);
  return {
    machineId: wish.machineId,
    processId: wish.processId,
    source: wish.source,
    cron: cron?.trim() ?? null,
    timeZone,
    everySeconds,
    graceSeconds: wish.graceSeconds ?? defaultGraceSeconds,
    maxSeconds,
    minSeconds,
    enabled: wish.enabled ?? true,
    confidence: wish.confidence ?? null,
    effectiveFrom: now,
    changedAt: now,
  };
}

function readCron(cron: string, timeZone: string): CronSchedule {
  try {
    return new CronSchedule(cron, timeZone);
  } catch (error) {
    if (error instanceof ScheduleError) refuse(error.message);
    throw error;
  }
}

function refuse(detail: string): never {
  throw new ProblemError("invalid-request", detail);
}
