/** What a program and all that it started cost so far. */
import { readdirSync, readFileSync } from "node:fs";

export type TreeCost = {
  cpuSeconds: number;
  rssBytes: number;
  /** Without pages of the program's own file, which the kernel can drop and read again. */
  anonymousBytes: number;
};

/** CPU time also of children that have ended. Memory that processes of the tree share counts in each of them. */
export function treeCost(root: number): TreeCost {
  const parents = new Map<number, number>();
  const costs = new Map<number, TreeCost>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const columns = readStat(Number(name));
    if (!columns) continue;
    parents.set(Number(name), Number(columns[1]));
    // utime, stime, cutime, cstime in hundredths of a second, and pages of 4 KiB.
    const ticks = columns.slice(11, 15).reduce((sum, column) => sum + Number(column), 0);
    costs.set(Number(name), {
      cpuSeconds: ticks / 100,
      rssBytes: Number(columns[21]) * 4096,
      anonymousBytes: readAnonymous(Number(name)),
    });
  }
  if (!costs.has(root)) throw new Error(`process ${root} has ended`);
  const sum = { cpuSeconds: 0, rssBytes: 0, anonymousBytes: 0 };
  for (const [pid, cost] of costs) {
    if (!isBelow(pid, root, parents)) continue;
    sum.cpuSeconds += cost.cpuSeconds;
    sum.rssBytes += cost.rssBytes;
    sum.anonymousBytes += cost.anonymousBytes;
  }
  return sum;
}

function isBelow(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = parents.get(at))
    if (at === root) return true;
  return false;
}

/** From the state on; null once the process is gone. */
function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

function readAnonymous(pid: number): number {
  try {
    const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
