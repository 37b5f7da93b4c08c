/**
 * A lost password, set anew on the hub's own machine: the store's file is locked by the running hub, so the command
 * leaves a file in the data directory and the hub takes it. Whoever can write there owns the store anyway.
 *
 * `user-reset.json` holds the user and the hash, never the password. The hub takes only a regular file of its own
 * user (or root) that no one else may write, then removes it; for what it refuses it leaves the reason in `user-reset.refused`.
 */
import { constants } from "node:fs";
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Access } from "./access.ts";
import { hashPassword } from "./passwords.ts";

const request = z.strictObject({ user: z.string().max(200), passwordHash: z.string().max(500) });
const mostBytes = 4096;

const requestFile = (dataDir: string) => join(dataDir, "user-reset.json");
const refusedFile = (dataDir: string) => join(dataDir, "user-reset.refused");

/** Asks the hub of this data directory for a new password. `pending`: none took it in time; the next one to start will. */
export async function requestUserReset(
  dataDir: string,
  user: string,
  password: string,
  waitSeconds = 10,
): Promise<"done" | "pending"> {
  const file = requestFile(dataDir);
  await rm(refusedFile(dataDir), { force: true });
  const content = JSON.stringify({ user, passwordHash: await hashPassword(password) });
  await writeFile(`${file}.new`, content, { mode: 0o600, flag: "wx" });
  await rename(`${file}.new`, file);
  for (let waited = 0; waited < waitSeconds; waited += 0.2) {
    await sleep(200);
    if ((await readFile(file).catch(() => null)) !== null) continue;
    // Afterwards: the reason was there before the request was gone.
    const reason = await readFile(refusedFile(dataDir), "utf8").catch(() => null);
    if (reason === null) return "done";
    throw new Error(reason);
  }
  return "pending";
}

/** Takes a request if there is one; answers the user whose password was set, throws after refusing one. */
export async function takeUserReset(dataDir: string, access: Access): Promise<string | null> {
  const file = requestFile(dataDir);
  try {
    const { user, passwordHash } = request.parse(JSON.parse(await readOwnFile(file)));
    if (!(await access.setPassword(user, passwordHash))) throw new Error(`there is no user ${user}`);
    await access.audit("local", "user.reset", user);
    await rm(file);
    return user;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    // The reason first: a request that is gone without one was granted.
    await rm(refusedFile(dataDir), { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    await writeFile(refusedFile(dataDir), reason, { mode: 0o600, flag: "wx" });
    await rm(file, { force: true, recursive: true });
    throw error;
  }
}

async function readOwnFile(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { uid, mode, size } = await handle.stat().then((found) => {
      if (!found.isFile()) throw new Error(`${file} is no regular file`);
      return found;
    });
    const own = uid === process.getuid?.() || uid === 0;
    if (!own || (mode & 0o022) !== 0 || size > mostBytes)
      throw new Error(`${file} is too large, or another user could have written it`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}
