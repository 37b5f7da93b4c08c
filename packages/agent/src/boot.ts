import { microsPerSecond, type Micros } from "@culprit/protocol";
import { readText, readTextIfPresent } from "./read-text.ts";
import type { Roots } from "./roots.ts";

/** Random, made anew at each start of the kernel. */
export function readBootId(roots: Roots): string {
  return readText(`${roots.proc}/sys/kernel/random/boot_id`).trim();
}

/** When the kernel started, by the wall clock as it is set now. */
export function readBootedAt(roots: Roots, now: Micros): Micros {
  const uptimeSeconds = parseUptime(readText(`${roots.proc}/uptime`));
  return chooseBootedAt(now, uptimeSeconds, parseBootTime(readTextIfPresent(`${roots.proc}/stat`) ?? ""));
}

/** First number of /proc/uptime, in seconds. */
export function parseUptime(text: string): number {
  return Number.parseFloat(text);
}

/** The `btime` line of /proc/stat: whole seconds since 1970; null without one. */
export function parseBootTime(text: string): number | null {
  const match = /^btime (\d+)$/m.exec(text);
  return match ? Number(match[1]) : null;
}

/** Uptime is finer, but some containers are shown their own; there `btime` is the kernel's. */
export function chooseBootedAt(now: Micros, uptimeSeconds: number, bootTime: number | null): Micros {
  const byUptime = Math.round(now - uptimeSeconds * microsPerSecond);
  if (bootTime === null) return byUptime;
  return Math.abs(byUptime - bootTime * microsPerSecond) <= 2 * microsPerSecond
    ? byUptime
    : bootTime * microsPerSecond;
}
