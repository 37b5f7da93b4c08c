import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { m } from "@culprit/messages";
import { codeOf } from "../failures.ts";
import { ok, type Check } from "./finding.ts";

/** I/O of other users' processes is the kernel's to hide: the agent needs CAP_SYS_PTRACE for it. */
export const otherUsersIo: Check = {
  name: "other-users-io",
  async look({ proc }) {
    const pid = await processOfAnother(proc);
    if (pid === null) return [ok(m.doctor_io_nobody())];
    const code = await readFile(join(proc, pid, "io")).then(
      () => null,
      (error: unknown) => codeOf(error) ?? "",
    );
    if (code === null) return [ok(m.doctor_io_ok())];
    if (code === "ENOENT")
      return [{ level: "warning", text: m.doctor_io_kernel(), meaning: m.doctor_io_meaning() }];
    return [
      {
        level: "warning",
        text: m.doctor_io_forbidden(),
        meaning: m.doctor_io_meaning(),
        fix: m.doctor_io_fix(),
      },
    ];
  },
};

async function processOfAnother(proc: string): Promise<string | null> {
  const own = process.getuid?.();
  for (const pid of await readdir(proc).catch(() => [])) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const found = await stat(join(proc, pid)).catch(() => null);
    if (found && found.uid !== own) return pid;
  }
  return null;
}
