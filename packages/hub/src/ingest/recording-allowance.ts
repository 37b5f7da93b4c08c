/**
 * What is recorded over HTTP (executions, traces, check-ins, old clients) by one machine's token, or one person's, within the
 * bounds of uploads, but apart from them: a script that runs away does not keep the agent of its machine out.
 */
import type { Caller } from "../auth/caller.ts";
import { UploadAllowance } from "./upload-allowance.ts";

export class RecordingAllowance {
  readonly #accounts: UploadAllowance<string>;

  /** `flooded` is told of machines alone. */
  constructor(flooded: (machineId: number) => void, seconds?: () => number) {
    this.#accounts = new UploadAllowance((sender) => {
      const machineId = /^m(\d+)$/.exec(sender)?.[1];
      if (machineId !== undefined) flooded(Number(machineId));
    }, seconds);
  }

  /** Throws a problem of code too-many-requests. */
  take(caller: Caller): void {
    this.#accounts.take(senderOf(caller));
  }

  /** Decoded bytes. */
  charge(caller: Caller, bytes: number): void {
    this.#accounts.charge(senderOf(caller), bytes);
  }
}

const senderOf = ({ machineId, token }: Caller): string =>
  machineId === null ? `t${token.tokenId}` : `m${machineId}`;
