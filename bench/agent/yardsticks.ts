/** What the agent is compared with: a C program and psutil, each a process of its own. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SnapshotCost } from "./snapshot-cost.ts";

/** Compiles the C program; null, with a line that says so, where there is no compiler. */
export function compileReader(): {
  cost: (files: string[], rounds: number, pause: number) => SnapshotCost;
  remove: () => void;
} | null {
  const folder = mkdtempSync(join(tmpdir(), "culprit-bench-"));
  const program = join(folder, "read_proc");
  const compiled = spawnSync("cc", ["-O2", "-o", program, join(import.meta.dirname, "read_proc.c")], {
    encoding: "utf8",
  });
  const remove = () => rmSync(folder, { recursive: true });
  if (compiled.status !== 0) {
    console.log(`no comparison with C: cc failed (${compiled.error?.message ?? compiled.stderr})`);
    remove();
    return null;
  }
  const cost = (files: string[], rounds: number, pause: number) =>
    parseCost(execFileSync(program, [String(rounds), String(pause), ...files], { encoding: "utf8" }));
  return { cost, remove };
}

/** Null, with a line that says so, without psutil. */
export function psutilCost(rounds: number): SnapshotCost | null {
  const script = join(import.meta.dirname, "psutil_snapshot.py");
  // Debian's own Python first: that is where apt puts psutil.
  for (const python of ["/usr/bin/python3", "python3"]) {
    const result = spawnSync(python, [script, String(rounds)], { encoding: "utf8" });
    if (result.status === 0) return parseCost(result.stdout);
  }
  console.log("no comparison with psutil: not installed (apt-get install python3-psutil)");
  return null;
}

function parseCost(output: string): SnapshotCost {
  const [processes, cpuMicros] = output.trim().split(" ").map(Number);
  if (!processes || !cpuMicros) throw new Error(`not a cost: ${output}`);
  return { processes, cpuMicros };
}
