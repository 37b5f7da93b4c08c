/** The main thread's end of a thread that performs tasks, one after the other. */
import { Worker } from "node:worker_threads";
import { ProblemError } from "@culprit/protocol";

/** name -> [what is sent, what comes back]. */
export type TaskMap = Record<string, [unknown, unknown]>;
export type TaskName<T extends TaskMap> = keyof T & string;
export type TaskRequest<T extends TaskMap> = {
  [N in TaskName<T>]: { id: number; name: N; input: T[N][0] };
}[TaskName<T>];
export type TaskReply<T extends TaskMap> =
  | { id: number; result: T[TaskName<T>][1] }
  | { id: number; error: string }
  /** How far a task is, 0..1; its result is still to come. */
  | { id: number; progress: number };

/** A reply has the type of its request's result; the map of those that wait can't say which. */
type Waiting = {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
  onProgress: ((share: number) => void) | undefined;
};

/** More than this many tasks are never under way. */
const mostWaiting = 200;

/** Their work is in typed arrays, outside the heap: a large young generation would only hold memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

const ended = (): ProblemError => new ProblemError("overloaded", "this was ended; ask again later");

/** Started by the first task; if it dies, its tasks are rejected and the next one starts another. */
export class TaskThread<T extends TaskMap> {
  /** Counts threads that were lost, each with what it held. */
  lost = 0;
  readonly #file: URL;
  #worker: Worker | null = null;
  #lastId = 0;
  #closed = false;
  readonly #waiting = new Map<number, Waiting>();
  #idle: (() => void) | null = null;

  /** `file` is the thread's end: a module of this folder or below, as it was compiled or as source. */
  constructor(file: URL) {
    this.#file = file;
  }

  /** Rejects with a problem of code overloaded, or with the error that the task threw. */
  ask<N extends TaskName<T>>(
    name: N,
    input: T[N][0],
    transfer: readonly ArrayBuffer[] = [],
    onProgress?: (share: number) => void,
  ): Promise<T[N][1]> {
    if (this.#closed) return Promise.reject(ended());
    if (this.#waiting.size >= mostWaiting) return Promise.reject(new ProblemError("overloaded"));
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      // Throws for what can't be sent; only what was is waited for.
      worker.postMessage({ id, name, input }, transfer);
      this.#waiting.set(id, { resolve, reject, onProgress });
    });
  }

  /** Ends it when all that was asked is answered; it must be asked no more. */
  async retire(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.close();
  }

  /** Ends what it is doing; its tasks, and those that come later, are rejected with a problem of code overloaded. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = this.#file.pathname.endsWith(".ts")
      ? new Worker(new URL("./worker.dev.mjs", import.meta.url), {
          execArgv: ["--conditions=development"],
          workerData: { module: this.#file.href },
          resourceLimits,
        })
      : new Worker(this.#file, { resourceLimits });
    worker.unref();
    worker.on("message", (reply: TaskReply<T>) => this.#take(reply));
    worker.on("error", (error) => this.#lost(worker, error));
    worker.on("exit", () => this.#lost(worker, new Error(`the thread of ${this.#file.pathname} ended`)));
    return worker;
  }

  #take(reply: TaskReply<T>): void {
    const waiting = this.#waiting.get(reply.id);
    if ("progress" in reply) {
      waiting?.onProgress?.(reply.progress);
      return;
    }
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.result as never);
    if (this.#waiting.size === 0) this.#idle?.();
  }

  #lost(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.lost++;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const reason = error instanceof Error ? error : new Error(String(error));
    for (const { reject } of waiting) reject(this.#closed ? ended() : reason);
    this.#idle?.();
  }
}
