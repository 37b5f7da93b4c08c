import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { m } from "@culprit/messages";
import { printable } from "../format/table.ts";
import { ok, type Check } from "./finding.ts";

/** A store's file belongs to one process at a time; /proc/locks tells which. */
export const storeLock: Check = {
  name: "store-lock",
  async look({ dataDir, proc, probe }) {
    const file = join(dataDir, "culprit.duckdb");
    const found = await stat(file).catch(() => null);
    if (!found) return [];
    const locks = await readFile(join(proc, "locks"), "utf8").catch(() => "");
    const pid = lockHolder(locks, found.ino);
    if (pid === null) return [ok(m.doctor_lock_free({ file }))];
    if (probe.kind === "hub") return [ok(m.doctor_lock_hub({ file, pid: String(pid) }))];
    const command = await readFile(join(proc, String(pid), "cmdline"), "utf8").catch(() => "");
    return [
      {
        level: "problem",
        text: m.doctor_lock_taken({
          file,
          pid: String(pid),
          command: printable(command.replaceAll("\0", " ").trim()),
        }),
        meaning: m.doctor_lock_meaning(),
        fix: m.doctor_lock_fix({ pid: String(pid) }),
      },
    ];
  },
};

/** The process with a write lock on the file of this inode, by the text of /proc/locks. */
export function lockHolder(locks: string, inode: number): number | null {
  for (const line of locks.split("\n")) {
    const match = /^\d+: (?:POSIX|FLOCK|OFDLCK)\s+\S+\s+WRITE\s+(-?\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(
      line,
    );
    if (match && Number(match[2]) === inode) return Number(match[1]);
  }
  return null;
}
