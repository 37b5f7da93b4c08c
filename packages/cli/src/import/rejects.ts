/** The rows that were not imported, with the reason, one JSON object a line: to be mended and imported again. */
import { closeSync, openSync, writeSync } from "node:fs";
import { m } from "@culprit/messages";
import { Failure } from "../failures.ts";
import type { Cell, Fault } from "./row.ts";

export class Rejects {
  readonly path: string;
  readonly #columns: readonly string[];
  readonly #append: boolean;
  #waiting: string[] = [];
  #file: number | null = null;

  constructor(path: string, columns: readonly string[], append: boolean) {
    this.path = path;
    this.#columns = columns;
    this.#append = append;
  }

  add(line: number, { reason, detail }: Fault, row: readonly Cell[] | string): void {
    const content =
      typeof row === "string"
        ? { text: row }
        : { row: Object.fromEntries(this.#columns.map((column, at) => [column, row[at] ?? null])) };
    this.#waiting.push(JSON.stringify({ line, reason, ...(detail ? { detail } : {}), ...content }));
  }

  /** The file is made with the first bad row, readable by its owner alone. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    try {
      this.#file ??= openSync(this.path, this.#append ? "a" : "w", 0o600);
      writeSync(this.#file, `${this.#waiting.join("\n")}\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Failure(m.import_rejects_unwritable({ path: this.path, reason }));
    }
    this.#waiting = [];
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}
