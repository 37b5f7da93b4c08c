/**
 * Debian's real cron, in a mount namespace of its own: it sees only the crontabs given here and none of the machine's, and
 * what it mails lands in a file. Its jobs are processes of the machine like those of any cron. A job of `@reboot` runs at
 * once, others at the full minute. Needs root.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const canRunCron = process.getuid?.() === 0 && existsSync("/usr/sbin/cron");

export type Crontabs = {
  /** By user, as `crontab -e` has them. */
  users?: Record<string, string>;
  /** `/etc/crontab`, with its column of users. */
  system?: string;
};

export type PrivateCron = {
  pid: number;
  /** All that was mailed so far. */
  mail(): Promise<string>;
  /** Ends cron and the jobs that still run. */
  stop(): Promise<void>;
};

const setUp = `set -e
cd "$1"
mount --bind spool /var/spool/cron
mount --bind cron.d /etc/cron.d
[ ! -e /etc/crontab ] || mount --bind crontab /etc/crontab
mount --bind /usr/sbin real-sbin
for program in real-sbin/*; do ln -s "$PWD/$program" sbin/; done
ln -sf "$PWD/sendmail" sbin/sendmail
mount --bind sbin /usr/sbin
mount -t tmpfs tmpfs /run
exec "$PWD/real-sbin/cron" -f`;

export async function startPrivateCron({ users = {}, system = "" }: Crontabs): Promise<PrivateCron> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-cron-"));
  for (const name of ["spool", "spool/crontabs", "cron.d", "sbin", "real-sbin"])
    await mkdir(join(folder, name));
  await chmod(folder, 0o755);
  for (const [user, crontab] of Object.entries(users))
    await writeFile(join(folder, "spool/crontabs", user), crontab, { mode: 0o600 });
  await writeFile(join(folder, "crontab"), system, { mode: 0o644 });
  const mail = join(folder, "mail");
  await writeFile(mail, "", { mode: 0o666 });
  await chmod(mail, 0o666);
  await writeFile(join(folder, "sendmail"), `#!/bin/sh\nexec cat >>${mail}\n`, { mode: 0o755 });
  const child = spawn("unshare", ["-m", "--propagation", "private", "sh", "-c", setUp, "sh", folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await once(child, "spawn");
  const pid = child.pid!;
  return {
    pid,
    mail: () => readFile(mail, "utf8"),
    async stop() {
      const jobs = descendants(pid);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      for (const job of jobs) end(job);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function descendants(pid: number): number[] {
  const parents = readdirSync("/proc").flatMap((name) => {
    const parent = /^\d+$/.test(name) ? parentOf(name) : null;
    return parent === null ? [] : [[Number(name), parent] as const];
  });
  const below = (ancestor: number): number[] =>
    parents.flatMap(([child, parent]) => (parent === ancestor ? [child, ...below(child)] : []));
  return below(pid);
}

function parentOf(pid: string): number | null {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return null; // has gone
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // has gone
  }
}
