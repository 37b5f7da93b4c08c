/** Several worlds at once, each in a process of its own, so that one which is cut off loses nothing of the others. */
import { fork, type ChildProcess } from "node:child_process";
import { join, resolve } from "node:path";
import type { JudgeOptions, WorldResult } from "./judge.ts";
import type { Case } from "./worlds.ts";

/** From where `tsx` is found. */
const root = resolve(import.meta.dirname, "../..");

export type Task = { one: Case; options: JudgeOptions };

/** Calls `done` after each; rejects when a worker ends by itself. */
export async function judgeAll(
  tasks: readonly Task[],
  workers: number,
  done: (result: WorldResult) => Promise<void>,
): Promise<void> {
  const waiting = [...tasks];
  await Promise.all(
    Array.from({ length: Math.min(workers, tasks.length) }, async () => {
      const worker = fork(join(import.meta.dirname, "worker.ts"), {
        execArgv: ["--conditions=development", "--import", "tsx"],
        cwd: root,
      });
      try {
        for (let task = waiting.shift(); task; task = waiting.shift()) await done(await answer(worker, task));
      } finally {
        worker.kill();
      }
    }),
  );
}

function answer(worker: ChildProcess, task: Task): Promise<WorldResult> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the worker ended with ${JSON.stringify(task.one)}`));
    worker.once("exit", ended);
    worker.once("message", (result) => {
      worker.off("exit", ended);
      resolve(result as WorldResult);
    });
    worker.send(task);
  });
}
