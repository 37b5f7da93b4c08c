/** Runs a program by its absolute path, without a shell, and ends it with all that it started. */
import { spawn } from "node:child_process";
import { NotProbed } from "./probe.ts";

/** Of what it prints the beginning is kept; the rest is read, so that it does not block, and dropped. */
const mostOutputBytes = 64 * 1024;

export type Ran = { exitCode: number | null; signal: string | null; output: string };

/**
 * `command`: an absolute path and its arguments. Resolves when it has ended and its output is closed, or when `signal`
 * is aborted: then its process group is killed. Rejects with NotProbed if it can't be started.
 */
export function runProgram(
  [program = "", ...parameters]: readonly string[],
  signal: AbortSignal,
): Promise<Ran> {
  return new Promise((settle, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const child = spawn(program, parameters, {
      // A group of its own, which can be killed as one.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", HOME: "/" },
    });
    const parts: Buffer[] = [];
    let bytes = 0;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part: Buffer) => {
        if (bytes < mostOutputBytes) parts.push(part.subarray(0, mostOutputBytes - bytes));
        bytes += part.length;
      });
    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended just now.
      }
      // What it left behind may hold its output open.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", kill, { once: true });
    child.once("error", (error) => {
      signal.removeEventListener("abort", kill);
      reject(new NotProbed(`${program} can't be run: ${error.message}`));
    });
    child.once("close", (exitCode, ended) => {
      signal.removeEventListener("abort", kill);
      settle({ exitCode, signal: ended, output: Buffer.concat(parts).toString("utf8") });
    });
  });
}
