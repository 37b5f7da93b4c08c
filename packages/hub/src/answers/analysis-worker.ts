/** The analysis thread: performs one task after the other. It never opens the store. */
import { parentPort } from "node:worker_threads";
import { Analysis, type TaskReply, type TaskRequest } from "./analysis-tasks.ts";

const analysis = new Analysis();

parentPort?.on("message", (request: TaskRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(reply(request));
  if (request.name === "fit") prepare();
});

/** One piece of work after the other, between which questions are answered. */
function prepare(): void {
  setImmediate(() => {
    if (analysis.prepare()) prepare();
  });
}

function reply(request: TaskRequest): TaskReply {
  try {
    return { id: request.id, result: analysis.perform(request) };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
