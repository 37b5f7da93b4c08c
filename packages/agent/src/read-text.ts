import { readFileSync } from "node:fs";

/** What a kernel says when it was built or started without a feature. */
const absent = new Set(["ENOENT", "ENOTDIR", "EOPNOTSUPP", "ENOSYS", "ENODEV"]);

/** A file of /proc, /sys or /etc as text. These come from memory, so a synchronous read is the cheapest. */
export function readText(path: string): string {
  return readFileSync(path, "utf8");
}

/** The same for a file that some kernels and containers lack: null when it is not there. */
export function readTextIfPresent(path: string): string | null {
  try {
    return readText(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && absent.has(String(error.code));
}
