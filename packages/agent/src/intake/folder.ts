/** Where recorders leave their files. */
import { chmod, mkdir, opendir, stat } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { replaceFile } from "../spool/durable.ts";
import { parseIntakeName, type IntakeName } from "./file-names.ts";

export const systemIntake = "/var/spool/culprit";
const sticky = 0o1777;
/** Of one look, whoever put them there. Other files than recorders' cost little. */
const namesTaken = 20_000;
const entriesLookedAt = 1_000_000;

/** The folder in use: the configured one, the system's if it is there or can be made, else one in the data directory. */
export function chooseIntake(configured: string | undefined, dataDir: string): string {
  if (configured) return configured;
  return existsSync(systemIntake) || process.getuid?.() === 0 ? systemIntake : join(dataDir, "intake");
}

const note = "intake-folder";

/** Notes the folder in use for those who ask later: the doctor, and recorders that can't guess it. */
export async function noteIntake(folder: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await replaceFile(join(dataDir, note), `${resolve(folder)}\n`);
}

/** What the agent of this data directory used last; undefined if none did, or another user's. */
export function notedIntake(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, note), "utf8").replace(/\n$/, "") || undefined;
  } catch {
    return undefined;
  }
}

/** Makes the folder sticky and open to all. One that exists keeps the mode that its owner gave it, unless it is ours. */
export async function openIntakeFolder(folder: string): Promise<{ warning: string | null }> {
  const made = await mkdir(folder, { recursive: true, mode: 0o755 });
  const status = await stat(folder);
  const own = status.uid === process.getuid?.();
  if (made !== undefined) await chmod(folder, sticky);
  if (process.getuid?.() === 0 || own) return { warning: null };
  return {
    warning: `only root or the owner of ${folder} can take in the files of all users; others' files stay there`,
  };
}

/** Names of intake files; others are not touched. `more`: the folder holds more than one look takes. */
export async function listIntake(folder: string): Promise<{ names: IntakeName[]; more: boolean }> {
  const names: IntakeName[] = [];
  let looked = 0;
  for await (const entry of await opendir(folder, { bufferSize: 1024 })) {
    if (++looked > entriesLookedAt || names.length >= namesTaken) return { names, more: true };
    const name = parseIntakeName(entry.name);
    if (name) names.push(name);
  }
  return { names, more: false };
}
