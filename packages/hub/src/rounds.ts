/**
 * So much work is begun in one round of the event loop, the rest in the next ones, in the order in which it came. What is
 * under way, such as a commit, goes on once a round: when thousands come at once it would else stand still until all are read.
 */
import { ProblemError } from "@culprit/protocol";

/** How long nothing is begun before `mayBegin` is asked again. */
const restMilliseconds = 5;

export class Rounds {
  readonly #perRound: number;
  readonly #mostWaiting: number;
  readonly #mayBegin: () => boolean;
  readonly #waiting: (() => void)[] = [];
  #left: number;
  #isUnderWay = false;

  /** `mayBegin`: whether what was begun before has got far enough. */
  constructor(parts: { perRound: number; mostWaiting: number; mayBegin: () => boolean }) {
    this.#perRound = this.#left = parts.perRound;
    this.#mostWaiting = parts.mostWaiting;
    this.#mayBegin = parts.mayBegin;
  }

  /** Resolves when its turn has come; rejects with a problem of code overloaded where too many wait already. */
  async begin(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting)
      throw new ProblemError("overloaded", "very many come at this moment", {
        retryAfterSeconds: 5,
        limit: this.#mostWaiting,
      });
    this.#next();
    if (this.#left > 0) {
      this.#left--;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #next(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    if (this.#mayBegin()) setImmediate(() => this.#round());
    else setTimeout(() => this.#round(), restMilliseconds);
  }

  #round(): void {
    this.#isUnderWay = false;
    this.#left = this.#mayBegin() ? this.#perRound : 0;
    const begun = this.#waiting.splice(0, this.#left);
    this.#left -= begun.length;
    for (const begin of begun) begin();
    if (this.#left < this.#perRound) this.#next();
  }
}
