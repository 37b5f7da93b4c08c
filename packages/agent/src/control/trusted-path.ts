/**
 * Files that decide what may be done as root: root's own, and nobody else can change or replace them. A folder that others
 * may write into is only fine if it is sticky: then what is root's in it stays.
 */
import { constants, type Stats } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { dirname } from "node:path";
import { said, type Said } from "@culprit/probes";

export class UntrustedError extends Error {
  override name = "UntrustedError";
  readonly said: Said;

  constructor(what: Said) {
    super(what.text);
    this.said = what;
  }
}

const writableByOthers = 0o022;
const sticky = 0o1000;

/** Throws UntrustedError that says why the file can't be trusted; errors of the file system as they are. */
export async function readTrustedFile(path: string, mostBytes: number, owner = 0): Promise<string> {
  if (!path.startsWith("/")) throw new UntrustedError(said("file-not-absolute", { file: path }));
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw hasLoop(error) ? new UntrustedError(said("file-is-link", { file: path })) : error;
    },
  );
  try {
    // Of the file that is read, not of what stands there a moment later.
    const status = await handle.stat();
    if (!status.isFile()) throw new UntrustedError(said("file-irregular", { file: path }));
    refuseUntrusted(path, status, owner);
    await checkFolders(dirname(path), owner);
    if (status.size > mostBytes)
      throw new UntrustedError(said("file-too-large", { file: path, bytes: mostBytes }));
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The same for a program: throws UntrustedError where somebody else could change or replace it. Follows no link. */
export async function checkTrustedProgram(path: string, owner = 0): Promise<void> {
  const status = await lstat(path);
  if (!status.isFile()) throw new UntrustedError(said("file-irregular", { file: path }));
  refuseUntrusted(path, status, owner);
  await checkFolders(dirname(path), owner);
}

/** Throws UntrustedError where somebody else could put another file in the place of this one. */
export async function checkTrustedFolders(path: string, owner = 0): Promise<void> {
  await checkFolders(dirname(path), owner);
}

async function checkFolders(folder: string, owner: number): Promise<void> {
  const status = await lstat(folder);
  if (!status.isDirectory()) throw new UntrustedError(said("folder-irregular", { folder }));
  refuseUntrusted(folder, status, owner);
  if (folder !== dirname(folder)) await checkFolders(dirname(folder), owner);
}

function refuseUntrusted(path: string, status: Stats, owner: number): void {
  if (status.uid !== 0 && status.uid !== owner)
    throw new UntrustedError(said("owner-not-root", { file: path, user: status.uid }));
  if ((status.mode & writableByOthers) === 0 || (status.isDirectory() && (status.mode & sticky) !== 0))
    return;
  throw new UntrustedError(said("writable-by-others", { file: path }));
}

function hasLoop(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOOP";
}
