/**
 * What a run claims to have used against what its machine could do in its time. What is beyond is left out of the record and
 * the record says so: nobody has used it, and nothing may be told from it.
 */
import { microsPerSecond, type Computer } from "@culprit/protocol";
import type { ReportedExecution } from "../store/store.ts";

/** Of a machine that did not tell, as of the largest there are. */
const largest = { cpuCores: 4096, memoryBytes: 2 ** 46 };
/** More than the memory bus of any machine lets pass to its disks. */
const bytesPerSecond = 1e11;
const threads = 1e5;
/** For clocks that are coarse, and cores that came since. */
const slack = { times: 2, seconds: 1 };
/** Of a run that goes on, or whose start or end nobody saw. */
const unknownSeconds = 366 * 86_400;

type Use =
  | "cpuSeconds"
  | "peakCpuCores"
  | "maxRssBytes"
  | "ioReadBytes"
  | "ioWriteBytes"
  | "peakIoBytesPerSecond"
  | "runQueueSeconds";

/** Changes the row. `computer` is null where the machine did not tell what it is. */
export function leaveOutImplausible(
  row: ReportedExecution,
  computer: Pick<Computer, "cpuCores" | "memoryBytes"> | null,
): void {
  const cores = computer?.cpuCores || largest.cpuCores;
  const memoryBytes = computer?.memoryBytes || largest.memoryBytes;
  const seconds = slack.times * (secondsOf(row) + slack.seconds);
  const most: Record<Use, number> = {
    cpuSeconds: cores * seconds,
    peakCpuCores: slack.times * cores,
    maxRssBytes: memoryBytes,
    ioReadBytes: bytesPerSecond * seconds,
    ioWriteBytes: bytesPerSecond * seconds,
    peakIoBytesPerSecond: slack.times * bytesPerSecond,
    runQueueSeconds: threads * seconds,
  };
  let isImplausible = false;
  for (const use of Object.keys(most) as Use[]) {
    if ((row[use] ?? 0) <= most[use]) continue;
    row[use] = null;
    isImplausible = true;
  }
  if (isImplausible && !row.flags.includes("use-implausible")) row.flags.push("use-implausible");
}

function secondsOf({ startedAt, endedAt, flags }: ReportedExecution): number {
  if (endedAt === null || flags.includes("duration-unknown")) return unknownSeconds;
  return (endedAt - startedAt) / microsPerSecond;
}
