/** Runs one benchmark in a process of its own: low in priority, bounded in time, ended with all that it started. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { BenchmarkName } from "@culprit/protocol";
import { childProgram } from "./child-program.ts";
import { childAnswer, type ChildAnswer } from "./child-answer.ts";

export type ApartOptions = {
  seconds: number;
  folder: string;
  /** What it is started with, e.g. a command that lowers its priority. */
  launcher?: readonly string[];
  signal: AbortSignal;
};

/** With what it prepares, and a start on a slow machine. */
const longestSeconds = 10;
const longestAnswer = 10_000;

/** Answers also what went wrong; never rejects. */
export function measureApart(name: BenchmarkName, options: ApartOptions): Promise<ChildAnswer> {
  const { seconds, folder, launcher = lowestIoPriority(), signal } = options;
  const [command, ...argv] = [
    ...launcher,
    process.execPath,
    ...childProgram(),
    name,
    String(seconds),
    folder,
  ];
  return new Promise((resolve) => {
    // A group of its own, so that what it starts ends with it.
    const child = spawn(command, argv, { env: {}, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let detail = "";
    const end = (why: string) => {
      detail ||= why;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    };
    const stop = () => end("the agent stops");
    const timer = setTimeout(() => end(`it took longer than ${longestSeconds} s`), longestSeconds * 1000);
    signal.addEventListener("abort", stop, { once: true });
    let output = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(0, longestAnswer);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(0, longestAnswer);
    });
    child.on("error", (error) => (detail ||= error.message));
    child.on("close", (code, killedBy) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      const ended = `it ended with ${killedBy ?? code} ${complaint}`.trim().slice(0, 500);
      resolve(read(output) ?? { why: "failed", detail: detail || ended });
    });
    if (signal.aborted) stop();
  });
}

function read(output: string): ChildAnswer | null {
  try {
    return childAnswer.safeParse(JSON.parse(output)).data ?? null;
  } catch {
    return null;
  }
}

/** util-linux; class 3 is idle. */
function lowestIoPriority(): string[] {
  const path = ["/usr/bin/ionice", "/bin/ionice"].find((each) => existsSync(each));
  return path === undefined ? [] : [path, "-c", "3", "-t"];
}
