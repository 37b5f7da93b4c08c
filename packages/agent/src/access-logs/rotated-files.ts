/** Files beside a log that were it before: renamed, or a copy of what was in it. Compressed ones are over. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { openLog, type LogFile } from "./log-file.ts";

const compressed = /\.(?:gz|bz2|xz|zst|lz4|Z)$/;
const filesLookedAt = 30;

export type RotatedFile = { file: LogFile; generation: string };

/** Oldest first; whoever calls closes them. */
export function rotatedFiles(path: string): RotatedFile[] {
  const folder = dirname(path);
  const name = basename(path);
  const found: (RotatedFile & { modified: number })[] = [];
  for (const entry of namesIn(folder)
    .filter((entry) => isBeside(entry, name))
    .slice(0, filesLookedAt)) {
    const opened = openLog(join(folder, entry));
    if (!("file" in opened)) continue;
    const generation = opened.file.generation();
    if (generation === null) opened.file.close();
    else found.push({ file: opened.file, generation, modified: opened.file.modifiedMillis });
  }
  return found.toSorted((a, b) => a.modified - b.modified);
}

/** access.log.1, access.log-20261127, access-20261127.log, not access.log.2.gz. */
function isBeside(entry: string, name: string): boolean {
  if (entry === name || compressed.test(entry)) return false;
  const stem = name.replace(/\.[^.]*$/, "");
  return entry.startsWith(`${name}.`) || entry.startsWith(`${name}-`) || entry.startsWith(`${stem}-2`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
