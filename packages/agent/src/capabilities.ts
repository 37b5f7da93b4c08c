import { readFileSync } from "node:fs";
import { readTextIfPresent } from "./read-text.ts";
import type { Roots } from "./roots.ts";

/** What this kernel and this user let the agent see; what is missing is explained by `culprit doctor`. */
const capabilities: readonly { name: string; isThere: (roots: Roots) => boolean }[] = [
  { name: "pressure", isThere: ({ proc }) => isReadable(`${proc}/pressure/cpu`) },
  { name: "run-queue-wait", isThere: ({ proc }) => isReadable(`${proc}/schedstat`) },
  { name: "other-users-io", isThere: ({ proc }) => mayTrace(readTextIfPresent(`${proc}/self/status`) ?? "") },
  { name: "cgroup2", isThere: ({ sys }) => isReadable(`${sys}/fs/cgroup/cgroup.controllers`) },
];

export function readCapabilities(roots: Roots): string[] {
  return capabilities.filter(({ isThere }) => isThere(roots)).map(({ name }) => name);
}

/** Some files of /proc open and then refuse to be read. */
function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

const traceCapability = 19n;

/** Whether /proc/self/status grants CAP_SYS_PTRACE, which the I/O of other users' processes takes. */
export function mayTrace(status: string): boolean {
  const match = /^CapEff:\s*([0-9a-f]+)$/m.exec(status);
  return match !== null && ((BigInt(`0x${match[1]}`) >> traceCapability) & 1n) === 1n;
}
