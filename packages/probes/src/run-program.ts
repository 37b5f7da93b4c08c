/** Runs a program for a bounded time: by its path, without a shell, with an environment of its own and bounded output. */
import { spawn } from "node:child_process";
import { cleanOutput } from "@culprit/protocol";

export type ProgramEnd = {
  /** Null if it was ended by a signal, or because its time was up. */
  exitCode: number | null;
  timedOut: boolean;
  /** What it wrote to its standard output, the first bytes. */
  stdout: string;
  /** The last of what it wrote to both outputs, as plain text. */
  output: string;
};

type ProgramOptions = {
  timeoutSeconds: number;
  /** Ends it before its time. */
  signal?: AbortSignal;
  input?: string;
  environment?: Record<string, string>;
};

/** Nothing of the agent's own environment (which may hold a token) reaches what it starts. */
export const plainEnvironment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/",
  LC_ALL: "C",
  TERM: "dumb",
  SYSTEMD_COLORS: "0",
  SYSTEMD_PAGER: "",
};

const keptBytes = 64 * 1024;
const graceSeconds = 1;
/** A service that an init script started may keep the script's outputs open for ever. */
const outputAfterExitSeconds = 0.2;

/** Rejects if it can't be started. A time-out, or `signal`, ends the whole process group. */
export function runProgram(
  program: string,
  args: readonly string[],
  { timeoutSeconds, signal, input = "", environment = plainEnvironment }: ProgramOptions,
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: "/", env: environment, detached: true, stdio: "pipe" });
    let stdout = Buffer.alloc(0);
    let both = Buffer.alloc(0);
    let timedOut = false;
    let hardKill: NodeJS.Timeout | undefined;
    const kill = () => {
      done();
      timedOut = true;
      killGroup(child.pid, "SIGTERM");
      hardKill = setTimeout(() => killGroup(child.pid, "SIGKILL"), graceSeconds * 1000);
    };
    const killer = setTimeout(kill, timeoutSeconds * 1000);
    const done = () => {
      clearTimeout(killer);
      signal?.removeEventListener("abort", kill);
    };
    signal?.addEventListener("abort", kill);
    if (signal?.aborted) kill();
    child.stdout.on("data", (chunk: Buffer) => {
      if (stdout.length < keptBytes) stdout = Buffer.concat([stdout, chunk]).subarray(0, keptBytes);
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        both = Buffer.concat([both, chunk]);
        if (both.length > keptBytes) both = both.subarray(both.length - keptBytes);
      });
    child.stdin.on("error", () => {}); // it did not want to read
    child.stdin.end(input);
    const settle = (exitCode: number | null) =>
      resolve({
        exitCode: timedOut ? null : exitCode,
        timedOut,
        stdout: stdout.toString(),
        output: cleanOutput(both.toString()),
      });
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", settle);
    child.on("exit", (exitCode) => {
      done();
      clearTimeout(hardKill);
      // Who refused to end in its group must not outlive the time-out, either.
      if (timedOut) killGroup(child.pid, "SIGKILL");
      setTimeout(() => settle(exitCode), outputAfterExitSeconds * 1000);
    });
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}
