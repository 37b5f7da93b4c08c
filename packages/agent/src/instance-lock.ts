/**
 * One agent for one data directory. The lock file names its holder by pid and start time, so that a lock left by a
 * killed agent, or by one before a reboot, is no hindrance. link(2) makes taking it atomic.
 */
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBootId } from "./boot.ts";
import { readJobProcess } from "./intake/job-process.ts";
import type { Roots } from "./roots.ts";
import { SettingsError } from "./settings.ts";
import { hasCode } from "./spool/durable.ts";

/** Throws SettingsError if another agent holds it; answers what gives it up. */
export async function lockInstance(dataDir: string, roots: Roots): Promise<() => Promise<void>> {
  const path = join(dataDir, "agent.lock");
  const own = `${path}.${process.pid}`;
  const bootId = readBootId(roots);
  const identity = `${process.pid} ${readJobProcess(roots, process.pid)?.startTicks ?? 0} ${bootId}\n`;
  await writeFile(own, identity, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        await link(own, path);
        return () => unlink(path).catch(() => undefined);
      } catch (error) {
        if (!hasCode(error, "EEXIST")) throw error;
      }
      await removeIfStale(path, own, roots, bootId, dataDir);
    }
    throw new SettingsError(`another agent is starting with ${dataDir}`);
  } finally {
    await unlink(own);
  }
}

async function removeIfStale(
  path: string,
  own: string,
  roots: Roots,
  bootId: string,
  dataDir: string,
): Promise<void> {
  const held = await readIfPresent(path);
  if (held === null) return;
  const [pid = "", startTicks = "", boot = ""] = held.trim().split(" ");
  const holder = boot === bootId ? readJobProcess(roots, Number(pid)) : null;
  if (holder && String(holder.startTicks) === startTicks)
    throw new SettingsError(
      `another agent (pid ${pid}) uses ${dataDir}: stop it, or give this one a data directory of its own`,
    );
  // Two may find it stale at once: only what was read just now may go.
  const taken = `${own}.stale`;
  try {
    await rename(path, taken);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  if ((await readIfPresent(taken)) !== held) await link(taken, path).catch(() => undefined);
  await unlink(taken);
}

async function readIfPresent(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
}
