/** Dear work, some of it at a time: what comes meanwhile waits for its turn, and what is too much is refused. */
import { ProblemError } from "@culprit/protocol";
import type { FastifyReply } from "fastify";

export class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  #busy = 0;
  /** In the order in which they came. */
  readonly #line = new Set<() => void>();

  constructor({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** How much is under way now. */
  get atWork(): number {
    return this.#busy;
  }

  /** Rejects with a problem of code overloaded; work that nobody waits for any more is not begun. */
  async run<T>(work: () => Promise<T>, gone?: AbortSignal): Promise<T> {
    await this.#turn(gone);
    try {
      return await work();
    } finally {
      const [next] = this.#line;
      if (next) next();
      else this.#busy--;
    }
  }

  async #turn(gone: AbortSignal | undefined): Promise<void> {
    if (gone?.aborted) throw callerLeft();
    if (this.#busy < this.#atOnce) {
      this.#busy++;
      return;
    }
    if (this.#line.size >= this.#mostWaiting)
      throw new ProblemError("overloaded", "too many ask for this at the same time", {
        retryAfterSeconds: 5,
      });
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        this.#line.delete(begin);
        gone?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#line.delete(begin);
        reject(callerLeft());
      };
      this.#line.add(begin);
      gone?.addEventListener("abort", leave, { once: true });
    });
  }
}

export const callerLeft = (): ProblemError => new ProblemError("overloaded", "the caller did not wait");

/** Aborted when the caller leaves before the answer is sent, or has left already. */
export function callerGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
