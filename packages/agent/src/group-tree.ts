/** The control groups of this machine, in version 2 or in the hierarchies of version 1, that belong to somebody. */
import { readdirSync } from "node:fs";
import { holdsOwners, ownerOfGroup, type GroupOwner } from "./control-group-names.ts";
import { readTextIfPresent } from "./read-text.ts";
import type { Roots } from "./roots.ts";

export type OwnedGroup = { path: string; owner: GroupOwner };

/** Where a machine's groups are: version 2 has one folder for everything, version 1 one for each resource. */
export type GroupFolders =
  | { version: 2; all: string }
  | { version: 1; cpu: string | null; memory: string | null; io: string | null };

const maxLooked = 2000;
const maxDepth = 8;

/** Null where no groups are mounted. A machine with both keeps its resources in version 1. */
export function findGroupFolders({ sys }: Roots): GroupFolders | null {
  const root = `${sys}/fs/cgroup`;
  const first = (folders: string[], file: string) =>
    folders.map((folder) => `${root}/${folder}`).find((folder) => isThere(`${folder}/${file}`)) ?? null;
  if (isThere(`${root}/cgroup.controllers`)) return { version: 2, all: root };
  const cpu = first(["cpuacct", "cpu,cpuacct", "cpuacct,cpu"], "cpuacct.usage");
  const memory = first(["memory"], "memory.usage_in_bytes");
  const io = first(["blkio"], "blkio.throttle.io_service_bytes");
  return cpu || memory || io ? { version: 1, cpu, memory, io } : null;
}

/** Groups of units and containers, breadth first; of a tree that is too large only its start. */
export function listOwnedGroups(folders: GroupFolders): OwnedGroup[] {
  const root = folders.version === 2 ? folders.all : (folders.cpu ?? folders.memory ?? folders.io ?? "");
  const groups: OwnedGroup[] = [];
  const paths = [""];
  for (let at = 0; at < paths.length && at < maxLooked; at++) {
    const path = paths[at]!;
    const owner = ownerOfGroup(path);
    if (owner) groups.push({ path, owner });
    if (!holdsOwners(path) || path.split("/").length > maxDepth) continue;
    for (const name of subfolders(root + path)) paths.push(`${path}/${name}`);
  }
  return groups;
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}

function isThere(path: string): boolean {
  try {
    return readTextIfPresent(path) !== null;
  } catch {
    return false;
  }
}
