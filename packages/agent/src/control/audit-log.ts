/**
 * What the hub had this machine do, or was refused: one JSON object a line in `audit.log` of the data folder, only ever
 * added to, and a line in the agent's log (the journal, under systemd), which the agent can't take back. When the file is
 * full it becomes `audit.log.1`, and so on; the oldest goes.
 */
import { open, rename, stat } from "node:fs/promises";
import { cleanName, formatInstant, textWithoutSecrets } from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { hasCode } from "../spool/durable.ts";

export type AuditLogEntry = {
  id: string;
  request: string;
  /** For whom, as the hub says. */
  by: string;
  arguments: unknown;
  outcome: "begun" | "done" | "failed" | "refused";
  detail: string;
};

const mostBytes = 1024 * 1024;
const keptFiles = 5;
/** A flood of refused requests must not push out what was done. */
const refusalsPerMinute = 30;
const minuteMicros = 60_000_000;

export class AuditLog {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #written: Promise<void> = Promise.resolve();
  #minute = 0;
  #refusals = 0;
  #untold = 0;

  constructor(path: string, clock: Clock, log: Log) {
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves when it is written; what was done then survives a power cut. */
  write(entry: AuditLogEntry): Promise<void> {
    if (entry.outcome === "refused" && this.#isFlood()) return Promise.resolve();
    const { outcome, request, by, id } = entry;
    // A list of checks that is refused may hold logins.
    const told = textWithoutSecrets(JSON.stringify(entry.arguments ?? null)).slice(0, 500);
    const parts = [outcome, request, told, ...(by ? [`for ${by}`] : []), `(${id})`, entry.detail];
    const text = `audit: ${parts.filter((part) => part !== "").join(" ")}`;
    if (outcome === "refused" || outcome === "failed") this.#log.warn(text);
    else this.#log.info(text);
    const at = formatInstant(this.#clock.now());
    const line = {
      at,
      outcome,
      request: cleanName(request).name,
      arguments: told.length < 500 ? (JSON.parse(told) as unknown) : told,
      by: by === "" ? null : cleanName(by).name,
      id,
      detail: entry.detail.slice(0, 1000),
      ...(this.#untold > 0 ? { refusalsNotWritten: this.#untold } : {}),
    };
    this.#untold = 0;
    // What was refused changed nothing: that it was asked for need not survive a power cut.
    const write = this.#written.then(() => this.#append(`${JSON.stringify(line)}\n`, outcome !== "refused"));
    this.#written = write.catch(() => undefined);
    return write;
  }

  #isFlood(): boolean {
    const minute = Math.floor(this.#clock.now() / minuteMicros);
    if (minute !== this.#minute) [this.#minute, this.#refusals] = [minute, 0];
    if (++this.#refusals <= refusalsPerMinute) return false;
    this.#untold++;
    return true;
  }

  async #append(text: string, sync: boolean): Promise<void> {
    const size = await stat(this.#path).then(
      (status) => status.size,
      () => 0,
    );
    if (size + text.length > mostBytes) await this.#rotate();
    const handle = await open(this.#path, "a", 0o600);
    try {
      await handle.appendFile(text);
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #rotate(): Promise<void> {
    for (let number = keptFiles - 1; number >= 0; number--) {
      const from = number === 0 ? this.#path : `${this.#path}.${number}`;
      await rename(from, `${this.#path}.${number + 1}`).catch((error: unknown) => {
        if (!hasCode(error, "ENOENT")) throw error;
      });
    }
  }
}
