/**
 * How much one machine may have the hub take in, so that one whose uploads never end does not keep it from all others. Far
 * above what an agent sends that catches up after days: one upload at a time, each with the next commit.
 */
import { ProblemError } from "@culprit/protocol";

const perSecond = 50;
const bytesPerSecond = 24 * 1024 * 1024;
/** Seconds of the above that may be used up at once. */
const burstSeconds = 20;

type Account = { usedSeconds: number; at: number };

export class UploadAllowance {
  readonly #accounts = new Map<number, Account>();
  readonly #flooded: (machineId: number) => void;
  readonly #seconds: () => number;

  /** `seconds`: a clock that only goes forward. */
  constructor(flooded: (machineId: number) => void, seconds = () => performance.now() / 1000) {
    this.#flooded = flooded;
    this.#seconds = seconds;
  }

  /** Before the body is read. Throws a problem of code too-many-requests. */
  take(machineId: number): void {
    const account = this.#account(machineId);
    if (account.usedSeconds >= burstSeconds) {
      this.#flooded(machineId);
      throw new ProblemError("too-many-requests", "this machine sends more than the hub takes of one", {
        retryAfterSeconds: Math.ceil(account.usedSeconds - burstSeconds / 2),
        limit: perSecond,
      });
    }
    account.usedSeconds += 1 / perSecond;
  }

  /** Decoded bytes. */
  charge(machineId: number, bytes: number): void {
    this.#account(machineId).usedSeconds += bytes / bytesPerSecond;
  }

  forget(machineId: number): void {
    this.#accounts.delete(machineId);
  }

  #account(machineId: number): Account {
    const now = this.#seconds();
    const account = this.#accounts.get(machineId) ?? { usedSeconds: 0, at: now };
    account.usedSeconds = Math.max(0, account.usedSeconds - (now - account.at));
    account.at = now;
    this.#accounts.set(machineId, account);
    return account;
  }
}
