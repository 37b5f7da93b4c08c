/** The main thread's end of the analysis thread. */
import { Worker } from "node:worker_threads";
import { ProblemError } from "@culprit/protocol";
import type { TaskName, TaskReply, Tasks } from "./analysis-tasks.ts";

/** A reply has the type of its request's result; the map of those that wait can't say which. */
type Waiting = { resolve: (result: never) => void; reject: (error: Error) => void };

/** More than this many tasks are never under way. */
const mostWaiting = 200;

/** Its work is in typed arrays, outside the heap: a large young generation would only hold memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

/** Started by the first task; if it dies, its tasks are rejected and the next one starts another. */
export class AnalysisThread {
  /** Counts threads that were lost, each with the model that it held. */
  lost = 0;
  #worker: Worker | null = null;
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** Rejects with a problem of code overloaded, or with the error that the task threw. */
  ask<N extends TaskName>(
    name: N,
    input: Tasks[N][0],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Tasks[N][1]> {
    if (this.#waiting.size >= mostWaiting) throw new ProblemError("overloaded");
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, name, input }, transfer);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const fromSource = import.meta.url.endsWith(".ts");
    const worker = fromSource
      ? new Worker(new URL("./analysis-worker.dev.mjs", import.meta.url), {
          execArgv: ["--conditions=development"],
          resourceLimits,
        })
      : new Worker(new URL("./analysis-worker.js", import.meta.url), { resourceLimits });
    worker.unref();
    worker.on("message", (reply: TaskReply) => this.#settle(reply));
    worker.on("error", (error) => this.#lost(worker, error));
    worker.on("exit", () => this.#lost(worker, new Error("the analysis thread ended")));
    return worker;
  }

  #settle(reply: TaskReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.result as never);
  }

  #lost(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.lost++;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error instanceof Error ? error : new Error(String(error)));
  }
}
