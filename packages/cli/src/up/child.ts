/** A part of `culprit up` as a process of its own, started again when it dies. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export type ChildPlan = {
  program: string;
  nodeFlags?: readonly string[];
  argv: () => readonly string[];
  /** Told over the channel at each start. */
  firstMessage?: object;
  environment: NodeJS.ProcessEnv;
  /** What the child sends over its channel; the hub says once per start that it is ready. */
  onMessage?: (message: unknown) => void;
  /** It ended without being asked; it starts again after so many seconds. Null: it will not. */
  onDeath: (status: string, againSeconds: number | null) => void;
  /** Whether another start makes sense. */
  again: () => boolean;
};

const shortestPauseSeconds = 1;
const longestPauseSeconds = 30;
/** One that ran this long did not die of what it was started with. */
const settledSeconds = 60;
const killAfterSeconds = 15;
const sameCtrlCMillis = 500;

export class Child {
  readonly #plan: ChildPlan;
  readonly #stopping = new AbortController();
  #process: ChildProcess | null = null;
  /** Resolves when the child has ended for good. */
  readonly ended: Promise<void>;

  constructor(plan: ChildPlan) {
    this.#plan = plan;
    this.ended = this.#keepRunning();
  }

  async #keepRunning(): Promise<void> {
    let pauseSeconds = shortestPauseSeconds;
    while (!this.#stopping.signal.aborted) {
      const started = performance.now();
      const status = await this.#runOnce();
      // Of Ctrl-C, which reaches all, it may have heard first.
      if (status === "SIGINT")
        await sleep(sameCtrlCMillis, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - started > settledSeconds * 1000) pauseSeconds = shortestPauseSeconds;
      const again = this.#plan.again();
      this.#plan.onDeath(status, again ? pauseSeconds : null);
      if (!again) return;
      await sleep(pauseSeconds * 1000, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      pauseSeconds = Math.min(pauseSeconds * 2, longestPauseSeconds);
    }
  }

  async #runOnce(): Promise<string> {
    const { program, nodeFlags = [], argv, environment, firstMessage } = this.#plan;
    const child = spawn(process.execPath, [...process.execArgv, ...nodeFlags, program, ...argv()], {
      env: environment,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process = child;
    // One that ended at once takes no message; its status tells.
    if (firstMessage) child.send(firstMessage, () => undefined);
    if (this.#plan.onMessage) child.on("message", this.#plan.onMessage);
    const status = await Promise.race([
      once(child, "exit").then(([code, signal]) => String(signal ?? code)),
      once(child, "error").then(([error]) => String(error)),
    ]);
    this.#process = null;
    return status;
  }

  /** When it ends now, that is no accident. */
  letEnd(): void {
    this.#stopping.abort();
  }

  /** Asks it to end, insists after a while, and waits. */
  async stop(): Promise<void> {
    this.letEnd();
    this.#process?.kill("SIGTERM");
    const insist = setTimeout(() => this.#process?.kill("SIGKILL"), killAfterSeconds * 1000);
    await this.ended;
    clearTimeout(insist);
  }
}
