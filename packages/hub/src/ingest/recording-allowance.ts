/**
 * What is recorded over HTTP (executions, traces, check-ins, old clients) by one machine's token, or one person's, within the
 * bounds of uploads, but apart from them: a script that runs away does not keep the agent of its machine out.
 */
import type { Caller } from "../auth/caller.ts";
import { UploadAllowance } from "./upload-allowance.ts";

export class RecordingAllowance {
  readonly #ofMachines: UploadAllowance;
  readonly #ofPeople: UploadAllowance;

  /** `flooded` is told of machines alone. */
  constructor(flooded: (machineId: number) => void, seconds?: () => number) {
    this.#ofMachines = new UploadAllowance(flooded, seconds);
    this.#ofPeople = new UploadAllowance(() => {}, seconds);
  }

  /** Throws a problem of code too-many-requests. */
  take({ machineId, token }: Caller): void {
    if (machineId === null) this.#ofPeople.take(token.tokenId);
    else this.#ofMachines.take(machineId);
  }

  /** Decoded bytes. */
  charge({ machineId, token }: Caller, bytes: number): void {
    if (machineId === null) this.#ofPeople.charge(token.tokenId, bytes);
    else this.#ofMachines.charge(machineId, bytes);
  }
}
