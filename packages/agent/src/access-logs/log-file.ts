/**
 * One file of an access log. What is no regular file is refused: a link may lead anywhere, a pipe never ends. A generation
 * is a file's first line, hashed: it stays when the file is renamed or copied, and is another once it was emptied.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { hasCode } from "../spool/durable.ts";

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const firstLineBytes = 2048;

export type OpenedLog = { file: LogFile } | { absent: true } | { refused: LogRefusal };
export type LogRefusal = "link" | "no-file" | "no-permission";

export function openLog(path: string): OpenedLog {
  let descriptor: number;
  try {
    descriptor = openSync(path, flags);
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return { absent: true };
    if (hasCode(error, "ELOOP")) return { refused: "link" };
    if (hasCode(error, "EACCES") || hasCode(error, "EPERM")) return { refused: "no-permission" };
    if (hasCode(error, "ENXIO")) return { refused: "no-file" };
    throw error;
  }
  const status = fstatSync(descriptor);
  if (status.isFile()) return { file: new LogFile(descriptor, `${status.dev}:${status.ino}`) };
  closeSync(descriptor);
  return { refused: "no-file" };
}

export class LogFile {
  /** Of the file itself, whatever its name. */
  readonly identity: string;
  readonly #descriptor: number;

  constructor(descriptor: number, identity: string) {
    this.#descriptor = descriptor;
    this.identity = identity;
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  get modifiedMillis(): number {
    return fstatSync(this.#descriptor).mtimeMs;
  }

  /** Null until its first line is whole. */
  generation(): string | null {
    const start = this.read(0, firstLineBytes);
    const end = start.indexOf(10);
    if (end === -1 && start.length < firstLineBytes) return null;
    const line = end === -1 ? start : start.subarray(0, end);
    return createHash("sha256").update(line).digest("base64url").slice(0, 16);
  }

  /** At most so many bytes from there; less at the end. */
  read(offset: number, bytes: number): Buffer {
    const into = Buffer.allocUnsafe(bytes);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes; length += read)
      read = readSync(this.#descriptor, into, length, bytes - length, offset + length);
    return into.subarray(0, length);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
