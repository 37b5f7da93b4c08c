/** Opens what anybody may have put there: never follows a link, never blocks, never reads more than the bound. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { limits, type Micros } from "@culprit/protocol";
import { hasCode } from "../spool/durable.ts";

/** `changedAt`: when the file was made or last written, which its owner can't set, as `modifiedAt`. */
export type IntakeFile = { bytes: Buffer; modifiedAt: Micros; changedAt: Micros; owner: number };
/** `unreadable`: of a user whose files this agent may not read; it stays. */
export type ReadIntake = IntakeFile | { gone: true } | { unreadable: true } | { refused: string };

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

export function readIntakeFile(path: string): ReadIntake {
  let descriptor: number;
  try {
    descriptor = openSync(path, flags);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { gone: true };
    if (hasCode(error, "EACCES")) return { unreadable: true };
    // ELOOP: a symbolic link; ENXIO: a socket. Others (EMFILE) are this machine's trouble, not the file's.
    if (hasCode(error, "ELOOP")) return { refused: "a symbolic link" };
    if (hasCode(error, "ENXIO")) return { refused: "a socket or device" };
    throw error;
  }
  try {
    const status = fstatSync(descriptor, { bigint: true });
    if (!status.isFile()) return { refused: "not a regular file" };
    if (status.nlink > 1n) return { refused: "a hard link" };
    if (status.nlink === 0n) return { gone: true };
    if (status.size > BigInt(limits.intakeFileBytes))
      return { refused: `larger than ${limits.intakeFileBytes} bytes` };
    return {
      bytes: readAtMost(descriptor, Number(status.size)),
      modifiedAt: Number(status.mtimeNs / 1000n),
      changedAt: Number(status.ctimeNs / 1000n),
      owner: Number(status.uid),
    };
  } finally {
    closeSync(descriptor);
  }
}

function readAtMost(descriptor: number, most: number): Buffer {
  const bytes = Buffer.allocUnsafe(most);
  let length = 0;
  for (let read = -1; read !== 0 && length < most; length += read)
    read = readSync(descriptor, bytes, length, most - length, length);
  return bytes.subarray(0, length);
}
