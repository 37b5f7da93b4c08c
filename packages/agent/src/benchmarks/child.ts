/** The process that measures one thing, at the lowest priority: arguments its name, seconds and folder; answers a line of JSON. */
import { readFileSync, writeFileSync, writeSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { NotPossible } from "./benchmark.ts";
import { childArguments } from "./child-program.ts";
import type { ChildAnswer } from "./child-answer.ts";
import { benchmarks } from "./measures/index.ts";

const [name, seconds, folder = ""] = childArguments(process.argv);

function measure(): ChildAnswer {
  const benchmark = benchmarks.find((each) => each.name === name);
  if (!benchmark) return { why: "failed", detail: "there is no such benchmark" };
  try {
    const value = benchmark.run({ seconds: Number(seconds), folder });
    const { unit } = benchmark;
    return { value, unit, instrument: benchmark.instrument(), cpuTicks: ownTicks() };
  } catch (error) {
    if (error instanceof NotPossible) return { why: error.why, detail: error.message };
    return { why: "failed", detail: String(error).slice(0, 500) };
  }
}

/** Of this process and those that it started (proc(5): utime, stime, cutime, cstime). */
function ownTicks(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}

/** A session has a share of its own where the kernel groups processes by it: nice counts within it only (sched(7)). */
function yieldAsSession(): void {
  try {
    writeFileSync("/proc/self/autogroup", String(constants.priority.PRIORITY_LOW));
  } catch {
    // This kernel does not group.
  }
}

setPriority(constants.priority.PRIORITY_LOW);
yieldAsSession();
process.title = "culprit benchmark";
writeSync(1, `${JSON.stringify(measure())}\n`);
