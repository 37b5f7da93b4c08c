/**
 * One DuckDB file of this process: one instance, a few connections for reading and one for writing (so writes queue).
 * After a fatal error DuckDB refuses everything until the file is opened anew: that happens here, as soon as no query is
 * under way, so that a full disk stops writes for as long as it is full and reads for a moment.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { StoreUnavailableError } from "../store-error.ts";
import { asReadError, isFatal, isOutOfMemory } from "./errors.ts";

export type DatabaseOptions = { memoryLimitBytes: number; threads: number; readers: number };
export type Purpose = "read" | "write";

const giveBackMilliseconds = 2000;
/** Pauses before a read that found no memory tries again. */
const againMilliseconds = [20, 100, 500];

export class Database {
  readonly #file: string;
  readonly #options: DatabaseOptions;
  #instance: DuckDBInstance | null = null;
  #idle: Record<Purpose, DuckDBConnection[]> = { read: [], write: [] };
  #waiting: Record<Purpose, ((next: DuckDBConnection | Error) => void)[]> = { read: [], write: [] };
  #writer: DuckDBConnection | null = null;
  #underWay = 0;
  #state: "open" | "failed" | "closed" = "failed";
  #reopening: Promise<void> | null = null;
  #syncFailed = false;
  #givingBack: NodeJS.Timeout | null = null;
  #readingAgain: Promise<unknown> = Promise.resolve();

  constructor(file: string, options: DatabaseOptions) {
    this.#file = file;
    this.#options = options;
  }

  async open(): Promise<void> {
    const { threads, readers } = this.#options;
    const instance = await DuckDBInstance.create(this.#file, {
      memory_limit: this.#memoryLimit,
      threads: String(threads),
      // A result is sorted where order matters; keeping the order of insertion costs memory in every scan.
      preserve_insertion_order: "false",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      enable_external_access: this.#file === ":memory:" ? "false" : "true",
    });
    this.#instance = instance;
    const connections: DuckDBConnection[] = [];
    for (let i = 0; i <= readers; i++) connections.push(await instance.connect());
    await connections[0]!.run("set global TimeZone = 'UTC'");
    // After a failed fsync the system may show what the disk does not have: write all that is visible once more.
    if (this.#syncFailed) await connections[0]!.run("checkpoint");
    this.#syncFailed = false;
    this.#idle = { write: connections.slice(0, 1), read: connections.slice(1) };
    this.#writer = connections[0]!;
    this.#state = "open";
  }

  /** The connection that writes; whoever has the write transaction under way may use it. */
  get writer(): DuckDBConnection {
    if (!this.#writer) throw new StoreUnavailableError("the store is not open");
    return this.#writer;
  }

  async acquire(purpose: Purpose): Promise<DuckDBConnection> {
    if (this.#state === "closed") throw new StoreUnavailableError("the store is closed");
    if (this.#state === "failed") await this.#reopen();
    const idle = this.#idle[purpose].pop();
    if (idle) {
      this.#underWay++;
      return idle;
    }
    const next = await new Promise<DuckDBConnection | Error>((resolve) =>
      this.#waiting[purpose].push(resolve),
    );
    if (next instanceof Error) throw next;
    return next;
  }

  release(purpose: Purpose, connection: DuckDBConnection): void {
    this.#givingBack ??= setTimeout(() => void this.#giveBack(), giveBackMilliseconds).unref();
    const waiting = this.#state === "open" ? this.#waiting[purpose].shift() : undefined;
    if (waiting) return waiting(connection);
    this.#underWay--;
    if (this.#state === "open") this.#idle[purpose].push(connection);
    else {
      connection.closeSync();
      if (this.#underWay === 0) this.#dispose();
    }
  }

  /**
   * Runs a read. One that finds no memory, for others have it, tries again after those before it that found none; in vain in the
   * end, it rejects with `StoreUnavailableError`.
   */
  async read<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work().catch((error: unknown) => this.#readAgain(work, error));
    } catch (error) {
      this.failed(error);
      throw asReadError(error);
    }
  }

  #readAgain<T>(work: () => Promise<T>, failure: unknown): Promise<T> {
    if (!isOutOfMemory(failure)) throw failure;
    const again = this.#readingAgain.then(async () => {
      let last = failure;
      for (const pause of againMilliseconds) {
        await sleep(pause);
        try {
          return await work();
        } catch (error) {
          last = error;
          if (!isOutOfMemory(error)) break;
        }
      }
      throw last;
    });
    this.#readingAgain = again.catch(() => undefined);
    return again;
  }

  /** Says that a query failed; after a fatal error every later query would fail too, until the file is opened anew. */
  failed(error: unknown): void {
    if (this.#state !== "open" || !isFatal(error)) return;
    this.#state = "failed";
    this.#syncFailed ||= /fsync/.test(String(error));
    this.#refuseWaiting(
      new StoreUnavailableError("the store failed and is being opened anew", { cause: error }),
    );
    for (const connection of [...this.#idle.read, ...this.#idle.write]) connection.closeSync();
    this.#idle = { read: [], write: [] };
    if (this.#underWay === 0) this.#dispose();
  }

  /** Waits for nothing: queries under way end with an error. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#refuseWaiting(new StoreUnavailableError("the store is closed"));
    for (const connection of [...this.#idle.read, ...this.#idle.write]) connection.closeSync();
    if (this.#underWay === 0) this.#dispose();
  }

  get #memoryLimit(): string {
    return `${Math.floor(this.#options.memoryLimitBytes / 1_000_000)}MB`;
  }

  /**
   * What queries have freed stays with the process in many small pieces, 100 MB of them on a busy hub, until DuckDB's threads had
   * nothing to do for half a second. To be told its limit, even the same, makes it give them back to the system; in 2 ms.
   */
  async #giveBack(): Promise<void> {
    const connection = this.#state === "open" ? this.#idle.read.pop() : undefined;
    if (connection) {
      this.#underWay++;
      // In vain it costs memory, and no more.
      await connection.run(`set global memory_limit = '${this.#memoryLimit}'`).catch(() => undefined);
      this.release("read", connection);
    }
    this.#givingBack = null;
  }

  #dispose(): void {
    clearTimeout(this.#givingBack ?? undefined);
    this.#givingBack = null;
    this.#instance?.closeSync();
    this.#instance = null;
  }

  #refuseWaiting(error: Error): void {
    const all = [...this.#waiting.read, ...this.#waiting.write];
    this.#waiting = { read: [], write: [] };
    for (const refuse of all) refuse(error);
  }

  async #reopen(): Promise<void> {
    if (this.#underWay > 0)
      throw new StoreUnavailableError("the store failed; queries are still under way on it");
    this.#reopening ??= this.open().finally(() => (this.#reopening = null));
    await this.#reopening.catch((error: unknown) => {
      throw new StoreUnavailableError("the store can't be opened now", { cause: error });
    });
  }
}
