import { execFile } from "node:child_process";

const timeoutMillis = 10_000;
const mostBytes = 4 * 1024 * 1024;

/**
 * What `systemctl show` says of units, by name or pattern. Times are told in UTC, so that they need no zone to be read.
 * Rejects if there is no such program, or it does not answer in time.
 */
export function showUnits(
  program: string,
  properties: readonly string[],
  units: readonly string[],
): Promise<string> {
  const parameters = ["show", "--no-pager", `--property=${properties.join(",")}`, "--", ...units];
  const env = { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC", SYSTEMD_COLORS: "0" };
  return new Promise((resolve, reject) => {
    const options = { env, timeout: timeoutMillis, maxBuffer: mostBytes, encoding: "utf8" as const };
    execFile(program, parameters, options, (error, output) => (error ? reject(error) : resolve(output)));
  });
}

/** It is missing, failed, or did not answer. */
export function isOfProgram(error: unknown): error is Error {
  return error instanceof Error && ("cmd" in error || "path" in error || "syscall" in error);
}
