/**
 * Sizes of the mounted file systems. A hanging server keeps one thread of Node.js's pool of four for each question that
 * it does not answer, so questions are put one after another, never twice to a mount that still owes an answer, and
 * not at all once two are owed.
 */
import { statfs } from "node:fs/promises";
import type { Clock } from "./clock.ts";
import { dataMounts, parseMountInfo, type Mount } from "./mounts.ts";
import { readText } from "./read-text.ts";
import type { Roots } from "./roots.ts";

export type FileSystemBlocks = {
  bsize: number;
  blocks: number;
  bfree: number;
  bavail: number;
  files: number;
  ffree: number;
};

export type FileSystem = Mount & {
  sizeBytes: number;
  usedBytes: number;
  /** What users other than root may still write. */
  freeBytes: number;
  /** Null for file systems that make them as they need them (btrfs). */
  inodes: { used: number; total: number } | null;
};

/** File systems that hold data; `silent` are the mount points that did not answer or may not be looked at. */
export type FileSystemList = { fileSystems: FileSystem[]; silent: string[] };

export type FileSystemsOptions = {
  roots: Roots;
  clock: Clock;
  timeoutSeconds?: number;
  statFileSystem?: (mountPoint: string) => Promise<FileSystemBlocks>;
};

const mayOwe = 2;

export class FileSystems {
  readonly #options: Required<FileSystemsOptions>;
  readonly #owing = new Set<string>();
  #round: Promise<FileSystemList> | null = null;

  constructor(options: FileSystemsOptions) {
    this.#options = { timeoutSeconds: 0.5, statFileSystem: (mountPoint) => statfs(mountPoint), ...options };
  }

  /** Those that ask while a round of questions is under way share its answer. */
  list(): Promise<FileSystemList> {
    this.#round ??= this.#askAll().finally(() => {
      this.#round = null;
    });
    return this.#round;
  }

  async #askAll(): Promise<FileSystemList> {
    const mounts = dataMounts(parseMountInfo(readText(`${this.#options.roots.proc}/self/mountinfo`)));
    const fileSystems: FileSystem[] = [];
    const silent: string[] = [];
    for (const mount of mounts) {
      const blocks = await this.#ask(mount.mountPoint);
      if (blocks) fileSystems.push(withSizes(mount, blocks));
      else silent.push(mount.mountPoint);
    }
    return { fileSystems, silent };
  }

  async #ask(mountPoint: string): Promise<FileSystemBlocks | null> {
    const { clock, timeoutSeconds, statFileSystem } = this.#options;
    if (this.#owing.has(mountPoint) || this.#owing.size >= mayOwe) return null;
    this.#owing.add(mountPoint);
    const answer = statFileSystem(mountPoint)
      .catch(() => null)
      .finally(() => this.#owing.delete(mountPoint));
    let cancel: (() => void) | undefined;
    const timeout = new Promise<null>((resolve) => {
      cancel = clock.after(timeoutSeconds, () => resolve(null));
    });
    const blocks = await Promise.race([answer, timeout]);
    cancel?.();
    return blocks;
  }
}

function withSizes(
  mount: Mount,
  { bsize, blocks, bfree, bavail, files, ffree }: FileSystemBlocks,
): FileSystem {
  return {
    ...mount,
    sizeBytes: blocks * bsize,
    usedBytes: (blocks - bfree) * bsize,
    freeBytes: bavail * bsize,
    inodes: files > 0 ? { used: files - ffree, total: files } : null,
  };
}
