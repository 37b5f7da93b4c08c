/** The thread's end of a thread that performs tasks. It never opens the store. */
import { parentPort } from "node:worker_threads";
import { giveBackAll, giveBackMuch } from "./give-back.ts";
import type { TaskMap, TaskName, TaskReply, TaskRequest } from "./task-thread.ts";

/**
 * `perform` does one task after the other; `after` hears of each that was answered. Between tasks, and where one tells how far it
 * is, memory that is not needed any more goes back.
 */
export function serveTasks<T extends TaskMap>(
  perform: (request: TaskRequest<T>, onProgress: (share: number) => void) => T[TaskName<T>][1],
  after?: (request: TaskRequest<T>) => void,
): void {
  const send = (reply: TaskReply<T>): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage(reply);
  };
  parentPort?.on("message", (request: TaskRequest<T>) => {
    const { id } = request;
    let gaveBack = false;
    try {
      const result = perform(request, (progress) => {
        send({ id, progress });
        gaveBack = giveBackMuch() || gaveBack;
      });
      send({ id, result });
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    after?.(request);
    // When nothing refers to what was asked, nor to what a long task still held the last time.
    setImmediate(gaveBack ? giveBackAll : giveBackMuch);
  });
}
