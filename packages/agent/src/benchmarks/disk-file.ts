/** The file that the disk is measured with. */
import { closeSync, constants, openSync, readSync, statfsSync } from "node:fs";
import { NotPossible } from "./benchmark.ts";

/** tmpfs and ramfs (statfs(2)): what is written there never reaches a disk. */
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);
const leastFreeBytes = 512 * 1024 * 1024;

/** Throws `NotPossible` where the folder is in memory, or where little room is left. */
export function checkDisk(folder: string): void {
  const { type, bavail, bsize } = statfsSync(folder);
  if (inMemory.has(type)) throw new NotPossible("not-possible", `${folder} is in memory, not on a disk`);
  if (bavail * bsize < leastFreeBytes)
    throw new NotPossible("no-room", `less than 512 MiB are free in ${folder}`);
}

/** Opens a file past the page cache; throws `NotPossible` where the file system can't do that. */
export function openDirect(path: string, flags: number): number {
  try {
    return openSync(path, flags | constants.O_DIRECT, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EINVAL") throw error;
    throw new NotPossible("not-possible", "this file system reads and writes through its cache only");
  }
}

const pageBytes = 4096;
/** Of the addresses of buffers. */
const grain = 16;

/** Memory where the file, opened past the cache, can be read into: where that must begin is tried out. */
export function directBuffer(file: number, bytes: number): Buffer {
  const room = Buffer.alloc(bytes + pageBytes);
  for (let from = 0; from < pageBytes; from += grain) {
    const buffer = room.subarray(from, from + bytes);
    try {
      readSync(file, buffer, 0, bytes, 0);
      return buffer;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EINVAL") throw error;
    }
  }
  throw new NotPossible("not-possible", "this file system can't be read past its cache");
}

export function withFile<T>(file: number, work: (file: number) => T): T {
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}
