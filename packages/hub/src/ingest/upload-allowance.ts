/**
 * How much one sender may have the hub take in, so that one whose uploads never end does not keep it from all others. Far above
 * what an agent sends that catches up after days: one upload at a time, each with the next commit.
 */
import { ProblemError } from "@culprit/protocol";

const perSecond = 50;
const bytesPerSecond = 24 * 1024 * 1024;
/** Seconds of the above that may be used up at once. */
const burstSeconds = 20;

type Account = { usedSeconds: number; at: number };

/** Those that were used longest ago are forgotten. */
const accountsHeld = 20_000;

/** Senders are known by a number: of a machine, or of a person's token. */
export class UploadAllowance {
  readonly #accounts = new Map<number, Account>();
  readonly #flooded: (sender: number) => void;
  readonly #seconds: () => number;

  /** `seconds`: a clock that only goes forward. */
  constructor(flooded: (sender: number) => void, seconds = () => performance.now() / 1000) {
    this.#flooded = flooded;
    this.#seconds = seconds;
  }

  /** Before the body is read. Throws a problem of code too-many-requests. */
  take(sender: number): void {
    const account = this.#account(sender);
    if (account.usedSeconds >= burstSeconds) {
      this.#flooded(sender);
      throw new ProblemError("too-many-requests", "this sends more than the hub takes of one sender", {
        retryAfterSeconds: Math.ceil(account.usedSeconds - burstSeconds / 2),
        limit: perSecond,
      });
    }
    account.usedSeconds += 1 / perSecond;
  }

  /** Decoded bytes. */
  charge(sender: number, bytes: number): void {
    this.#account(sender).usedSeconds += bytes / bytesPerSecond;
  }

  forget(sender: number): void {
    this.#accounts.delete(sender);
  }

  #account(sender: number): Account {
    const now = this.#seconds();
    const account = this.#accounts.get(sender) ?? { usedSeconds: 0, at: now };
    account.usedSeconds = Math.max(0, account.usedSeconds - (now - account.at));
    account.at = now;
    this.#accounts.delete(sender);
    this.#accounts.set(sender, account);
    const oldest = this.#accounts.keys().next();
    if (this.#accounts.size > accountsHeld && !oldest.done) this.#accounts.delete(oldest.value);
    return account;
  }
}
