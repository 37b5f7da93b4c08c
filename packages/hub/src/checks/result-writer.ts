/** Results of the hub's own probes: one commit is under way at a time, what comes meanwhile goes into the next together. */
import type { CheckResultRow, CheckStore } from "../store/store.ts";

export class ResultWriter {
  readonly #store: Pick<CheckStore, "addResults">;
  #next: { rows: CheckResultRow[]; written: Promise<void> } | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<CheckStore, "addResults">) {
    this.#store = store;
  }

  /** Resolves after COMMIT; rejects if its group could not be written. */
  write(row: CheckResultRow): Promise<void> {
    if (this.#next) {
      this.#next.rows.push(row);
      return this.#next.written;
    }
    const rows = [row];
    const written = this.#last.then(() => {
      this.#next = null;
      return this.#store.addResults(rows);
    });
    this.#next = { rows, written };
    this.#last = written.catch(() => undefined);
    return written;
  }
}
