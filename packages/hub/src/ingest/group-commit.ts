/**
 * One commit is under way at a time; everything that comes meanwhile goes into the next one together. How much can wait
 * is bounded by the bytes of bodies in memory (body.ts).
 */
import type { FastifyBaseLogger } from "fastify";
import type {
  BatchResult,
  DirectExecutions,
  DirectResult,
  IntakeBatch,
  IntakeStore,
} from "../store/store.ts";

type Results = { batches: BatchResult[]; direct: DirectResult[] };

type Entry = {
  batches: readonly IntakeBatch[];
  direct: readonly DirectExecutions[];
  resolve: (results: Results) => void;
};

/** A commit of more would hold the rest up for long. */
const entriesPerCommit = 1000;
/**
 * A commit costs much the same with few batches as with many: after one the next waits this long for company, unless
 * somebody waits for an answer to what was posted directly. Agents don't mind.
 */
const restMilliseconds = 200;

export class GroupCommit {
  readonly #store: Pick<IntakeStore, "commit">;
  readonly #log: FastifyBaseLogger;
  readonly #observe: (seconds: number, failed: boolean) => void;
  readonly #waiting: Entry[] = [];
  #running: Promise<void> | null = null;
  #restsUntil = 0;
  #endRest: (() => void) | null = null;

  constructor(
    store: Pick<IntakeStore, "commit">,
    log: FastifyBaseLogger,
    observe: (seconds: number, failed: boolean) => void,
  ) {
    this.#store = store;
    this.#log = log;
    this.#observe = observe;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** More waits than the next commits take. */
  get isBehind(): boolean {
    return this.#waiting.length >= 2 * entriesPerCommit;
  }

  /** Resolves after COMMIT, with what became of each. */
  async batches(batches: readonly IntakeBatch[]): Promise<BatchResult[]> {
    return (await this.#enter(batches, [])).batches;
  }

  /** Resolves after COMMIT. */
  async direct(direct: DirectExecutions): Promise<DirectResult> {
    return (await this.#enter([], [direct])).direct[0]!;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #enter(batches: Entry["batches"], direct: Entry["direct"]): Promise<Results> {
    return new Promise((resolve) => {
      this.#waiting.push({ batches, direct, resolve });
      if (this.#isUrgent) this.#endRest?.();
      this.#running ??= this.#run().finally(() => (this.#running = null));
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#rest();
      const group = this.#waiting.splice(0, entriesPerCommit);
      const results = await this.#commit(
        group.flatMap((entry) => entry.batches),
        group.flatMap((entry) => entry.direct),
      );
      let batch = 0;
      let direct = 0;
      for (const entry of group)
        entry.resolve({
          batches: results.batches.slice(batch, (batch += entry.batches.length)),
          direct: results.direct.slice(direct, (direct += entry.direct.length)),
        });
    }
  }

  get #isUrgent(): boolean {
    return this.#waiting.length >= entriesPerCommit || this.#waiting.some(({ direct }) => direct.length > 0);
  }

  async #rest(): Promise<void> {
    const left = this.#restsUntil - performance.now();
    if (left <= 0 || this.#isUrgent) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left);
      this.#endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endRest = null;
  }

  async #commit(batches: IntakeBatch[], direct: DirectExecutions[]): Promise<Results> {
    const started = performance.now();
    const results = await this.#store.commit(batches, direct).catch((error: unknown): Results => {
      this.#log.error({ err: error }, "the commit of a group failed");
      const detail = "the store failed";
      return {
        batches: batches.map(() => ({ status: "unavailable", detail })),
        direct: direct.map(() => ({ status: "unavailable", detail })),
      };
    });
    const failed = [...results.batches, ...results.direct].some(({ status }) => status === "unavailable");
    this.#observe((performance.now() - started) / 1000, failed);
    this.#restsUntil = performance.now() + restMilliseconds;
    return results;
  }
}
