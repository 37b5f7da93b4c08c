import type { IoTotals } from "./parse-io.ts";
import type { StatLine } from "./parse-stat.ts";
import type { ThreadWaits } from "./thread-waits.ts";

/** Running totals of one OS process. */
export type OsProcessTotals = {
  /** CPU time in clock ticks, without that of children. */
  ticks: number;
  /** With that of children that ended and were waited for, as the kernel counts it. */
  readBytes: number;
  writeBytes: number;
  operations: number;
  /**
   * Its own, of all its threads that were seen: ready to run, and no processor free for it. NaN where that is not known: the
   * kernel does not count it, or the threads are too many to ask.
   */
  runQueueNanos: number;
};

/** `denied`: it belongs to another user and the agent may not know. */
export type IoAccess = "unread" | "read" | "denied";

/** One OS process as the looks of the agent saw it. A pid that is used again is another `OsProcess`. */
export class OsProcess {
  readonly pid: number;
  readonly startTicks: number;
  /** Open /proc/<pid>/stat; the kernel ties it to this process, never to a later one of the same pid. */
  descriptor: number | null;
  name = "";
  nameHash = 0;
  /** Scrubbed; null unless they may be told. */
  arguments: string | null = null;
  owner = -1;
  parentPid = 0;
  kernelThread = false;
  /** It has ended, and nobody has waited for it yet. */
  zombie = false;
  threads = 0;
  rssPages = 0;
  /** CPU time of children that ended and were waited for, and of theirs. */
  waitedTicks = 0;
  /** Of `waitedTicks`: those of which children that no look saw have been told. */
  waitedToldTicks = 0;
  majorFaults = 0;
  ioAccess: IoAccess = "unread";
  threadWaits: ThreadWaits | null = null;
  /** The number of the last look that saw it, and of the first. */
  seenIn = 0;
  readonly firstSeenIn: number;
  readonly now: OsProcessTotals = zeroTotals();
  /** At the look before. */
  readonly earlier: OsProcessTotals = zeroTotals();
  earlierThreads = 0;
  earlierRssPages = 0;
  /** At its last reported row, and when that was on the monotonic clock. */
  readonly reported: OsProcessTotals = zeroTotals();
  reportedSeconds = 0;
  /** Whether any row told of it. */
  wasTold = false;
  uid = "";

  constructor(pid: number, startTicks: number, descriptor: number | null, firstSeenIn: number) {
    this.pid = pid;
    this.startTicks = startTicks;
    this.descriptor = descriptor;
    this.firstSeenIn = firstSeenIn;
  }

  /** Takes over a line; answers whether there may be I/O to read: CPU time, its own or a child's, or waiting for a disk. */
  update(line: StatLine): boolean {
    const moved =
      line.ownTicks !== this.now.ticks ||
      line.waitedTicks !== this.waitedTicks ||
      line.majorFaults !== this.majorFaults;
    this.now.ticks = line.ownTicks;
    this.majorFaults = line.majorFaults;
    this.waitedTicks = line.waitedTicks;
    this.parentPid = line.parentPid;
    this.zombie = line.zombie;
    this.threads = line.threads;
    this.rssPages = line.rssPages;
    return moved;
  }

  keepEarlier(): void {
    raise(this.earlier, this.now);
    this.earlierThreads = this.threads;
    this.earlierRssPages = this.rssPages;
  }

  /** A child's I/O, which was reported as the child's, becomes the parent's once it is waited for: not to be told twice. */
  discountIo({ readBytes, writeBytes, operations }: IoTotals): void {
    for (const totals of [this.earlier, this.reported]) {
      totals.readBytes += readBytes;
      totals.writeBytes += writeBytes;
      totals.operations += operations;
    }
  }
}

export function zeroTotals(): OsProcessTotals {
  return { ticks: 0, readBytes: 0, writeBytes: 0, operations: 0, runQueueNanos: 0 };
}

/** Totals never fall: a discount may run ahead of the total that it belongs to. */
export function raise(totals: OsProcessTotals, to: OsProcessTotals): void {
  totals.ticks = Math.max(totals.ticks, to.ticks);
  totals.readBytes = Math.max(totals.readBytes, to.readBytes);
  totals.writeBytes = Math.max(totals.writeBytes, to.writeBytes);
  totals.operations = Math.max(totals.operations, to.operations);
  totals.runQueueNanos = to.runQueueNanos;
}
