/** Control groups, version 2 (also beside version 1), where a run has one of its own. */
import { readdirSync } from "node:fs";
import { readTextIfPresent } from "./read-text.ts";
import type { Roots } from "./roots.ts";

const maxGroups = 200;

/** The path of a process's group, of the line `0::/path` in /proc/<pid>/cgroup; null without version 2. */
export function parseGroupPath(text: string): string | null {
  return /^0::(\/.*)$/m.exec(text)?.[1] ?? null;
}

/**
 * The directory of a process's group if its parent is in another one: a service, a scope, a container. A job of cron
 * shares cron's, which says nothing about the job.
 */
export function ownGroup(roots: Roots, pid: number, parentPid: number): string | null {
  const path = groupPath(roots, pid);
  if (path === null || path === "/" || path === groupPath(roots, parentPid)) return null;
  // A container's view of a group outside it.
  if (path.split("/").includes("..")) return null;
  const mount = [`${roots.sys}/fs/cgroup`, `${roots.sys}/fs/cgroup/unified`].find(
    (directory) => readTextIfPresent(`${directory}/cgroup.controllers`) !== null,
  );
  return mount === undefined ? null : `${mount}${path}`;
}

/** Pids in a group and the groups below it. */
export function groupMembers(directory: string): number[] {
  const pids: number[] = [];
  const directories = [directory];
  for (let index = 0; index < directories.length && index < maxGroups; index++) {
    const group = directories[index]!;
    for (const line of (readTextIfPresent(`${group}/cgroup.procs`) ?? "").split("\n"))
      if (line) pids.push(Number(line));
    for (const entry of subdirectories(group)) directories.push(`${group}/${entry}`);
  }
  return pids;
}

/** CPU time of a group since it was made, also of processes that came and went between looks; null if it does not say. */
export function groupCpuSeconds(directory: string): number | null {
  const match = /^usage_usec (\d+)$/m.exec(readTextIfPresent(`${directory}/cpu.stat`) ?? "");
  return match ? Number(match[1]) / 1e6 : null;
}

function groupPath({ proc }: Roots, pid: number): string | null {
  return parseGroupPath(readTextIfPresent(`${proc}/${pid}/cgroup`) ?? "");
}

function subdirectories(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}
