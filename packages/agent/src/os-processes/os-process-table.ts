/**
 * All OS processes of the machine, kept up by looks. One look reads every /proc/<pid>/stat once; what is reported, what is
 * busy and what a run used are all worked out from it.
 */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { cleanName, microsPerSecond, type Micros } from "@culprit/protocol";
import { readBootedAt, readBootId } from "../boot.ts";
import type { Moment } from "../collector.ts";
import type { Roots } from "../roots.ts";
import { readKernelConstants, type KernelConstants } from "./kernel-constants.ts";
import { OsProcess } from "./os-process.ts";
import { emptyStatLine } from "./parse-stat.ts";
import { ProcessFiles } from "./process-files.ts";
import { scrubArguments } from "./scrub.ts";
import { ThreadWaits } from "./thread-waits.ts";
import { plainNames, type ToldNames } from "./told-names.ts";
import { UserNames } from "./user-names.ts";

const kernelThreadFlag = 0x0020_0000;
const bootedAtEverySeconds = 60;
/** Threads that are asked what they waited, in one look: each costs a read. */
const threadsPerLook = 1000;
/** Recorders give it to all that they start. */
const runVariable = /(?:^|\0)CULPRIT_PARENT_ID=([^\0]+)/;
const zero = 0x30;
const nine = 0x39;

export type OsProcessTableOptions = {
  /** Cheaper to look at again and again; the descriptors of the agent go to one table only. */
  keepsOpen?: boolean;
  /** For what leaves the machine. */
  names?: ToldNames;
  /** Whether arguments are read, for rows. */
  tellsArguments?: boolean;
};

export class OsProcessTable {
  readonly kernel: KernelConstants;
  /** Those that the last look saw, by pid. */
  readonly byPid = new Map<number, OsProcess>();
  /** Those that the look before saw and the last one did not. */
  ended: OsProcess[] = [];
  previous: Moment | null = null;
  last: Moment | null = null;
  readonly #roots: Roots;
  readonly #files: ProcessFiles;
  readonly #told: ToldNames;
  readonly #tellsArguments: boolean;
  readonly #userNames: UserNames;
  readonly #bootId: string;
  #bootedAt: Micros | null = null;
  #bootedAtReadSeconds = Number.NEGATIVE_INFINITY;
  #looks = 0;
  readonly #line = emptyStatLine();
  #threadsLeft = threadsPerLook;
  readonly #waitsAreCounted: boolean;

  constructor(
    roots: Roots,
    { keepsOpen = true, names = plainNames, tellsArguments = false }: OsProcessTableOptions = {},
  ) {
    this.#roots = roots;
    this.#files = new ProcessFiles(roots, keepsOpen);
    this.#told = names;
    this.#tellsArguments = tellsArguments;
    this.#userNames = new UserNames(roots.etc);
    this.#bootId = readBootId(roots);
    this.kernel = readKernelConstants(roots);
    this.#waitsAreCounted = this.#files.readWait("self") !== null;
  }

  look(moment: Moment): void {
    this.#looks++;
    this.previous = this.last;
    this.last = moment;
    this.ended = [];
    this.#threadsLeft = threadsPerLook;
    this.#keepBootedAt(moment);
    for (const name of readdirSync(this.#roots.proc)) {
      const first = name.charCodeAt(0);
      if (first >= zero && first <= nine) this.#see(Number(name));
    }
    for (const process of this.byPid.values()) if (process.seenIn !== this.#looks) this.ended.push(process);
    for (const process of this.ended) this.#ancestorOf(process)?.discountIo(process.reported);
    for (const process of this.ended) this.#forget(process);
  }

  /** One process between two looks, read afresh; null if it has ended, or before the first look. */
  seeNow(pid: number): OsProcess | null {
    if (!this.last) return null;
    const known = this.byPid.get(pid);
    if (known) return this.#read(known, true) ? known : null;
    const process = this.#open(pid);
    if (process) process.reportedSeconds = this.last.monotonicSeconds;
    return process;
  }

  /** How many of that name the last look saw; null before the first. */
  named(name: string): number | null {
    if (!this.last) return null;
    let count = 0;
    for (const process of this.byPid.values()) if (process.name === name) count++;
    return count;
  }

  /** Whether the first look of all saw it: it may be older than the agent. */
  wasThereAtFirst({ firstSeenIn }: OsProcess): boolean {
    return firstSeenIn <= 1;
  }

  /** Its nearest ancestor that the last look saw. */
  #ancestorOf({ parentPid }: OsProcess): OsProcess | undefined {
    let ancestor = this.byPid.get(parentPid);
    for (let steps = 0; ancestor && ancestor.seenIn !== this.#looks && steps < 50; steps++)
      ancestor = this.byPid.get(ancestor.parentPid);
    return ancestor;
  }

  /** Whether the last look was the first that saw it. */
  isNew(process: OsProcess): boolean {
    return process.firstSeenIn === this.#looks;
  }

  /** The id of the run that a recorder started it in, from its environment; null where there is none or it may not be read. */
  runIdOf({ pid }: OsProcess): string | null {
    return runVariable.exec(this.#files.readEnvironment(pid))?.[1] ?? null;
  }

  /** The most memory that a process ever held at once; null if it is gone. */
  peakRssBytes({ pid }: OsProcess): number | null {
    return this.#files.readPeakRss(pid);
  }

  startedAt(process: OsProcess): Micros {
    const bootedAt = this.#bootedAt ?? 0;
    return bootedAt + Math.round((process.startTicks / this.kernel.ticksPerSecond) * microsPerSecond);
  }

  /** The name under which it leaves the machine, and that of its user. */
  toldNameOf({ name }: Pick<OsProcess, "name">): string {
    return this.#told.ofProcess(name);
  }

  toldUserOf(process: OsProcess): string {
    return this.#told.ofUser(this.userOf(process));
  }

  userOf(process: OsProcess): string {
    return this.#userNames.nameOf(process.owner);
  }

  /** Hash of boot id, pid and start time. */
  uidOf(process: OsProcess): string {
    process.uid ||= createHash("sha256")
      .update(`${this.#bootId} ${process.pid} ${process.startTicks}`)
      .digest("hex")
      .slice(0, 16);
    return process.uid;
  }

  /** Of the machine as a whole, for a row that stands for many processes. */
  whole(): { uid: string; startedAt: Micros } {
    const uid = createHash("sha256").update(`${this.#bootId} rest`).digest("hex").slice(0, 16);
    return { uid, startedAt: this.#bootedAt ?? 0 };
  }

  refreshUserNames(): void {
    this.#userNames.refresh();
  }

  /** Gives back the open descriptors. */
  close(): void {
    for (const process of this.byPid.values()) this.#forget(process);
  }

  #see(pid: number): void {
    const known = this.byPid.get(pid);
    if (known) {
      if (known.firstSeenIn < this.#looks) known.keepEarlier();
      if (this.#read(known)) return;
      // Gone; the pid may already be another process, which is then seen in the same look.
      known.seenIn = 0;
      this.ended.push(known);
      this.#forget(known);
    }
    this.#open(pid);
  }

  /** Its I/O is read where there may be any, or is `asked` for: a child may have done some in less than a tick. */
  #read(process: OsProcess, asked = false): boolean {
    const line = this.#line;
    if (process.descriptor !== null) {
      if (!this.#files.readStat(process.descriptor, line)) return false;
    } else {
      const opened = this.#files.openStat(process.pid, line);
      if (!opened) return false;
      process.descriptor = opened.descriptor;
      if (line.startTicks !== process.startTicks) return false;
    }
    process.seenIn = this.#looks;
    const renamed = line.nameHash !== process.nameHash;
    if (renamed) this.#readName(process);
    const ranBefore = process.now.ticks;
    const moved = process.update(line);
    // A program that becomes another may have become another user's too, and may do so shortly after it starts.
    if (renamed || process.firstSeenIn === this.#looks - 1) {
      this.#readOwner(process);
      this.#readArguments(process);
    }
    const mayHaveIo = (moved || asked) && process.ioAccess !== "denied";
    if (mayHaveIo || (renamed && !process.kernelThread)) this.#readIo(process);
    // The kernel counts a wait when it ends, and who then runs shows it sooner or later.
    if (process.now.ticks !== ranBefore || Number.isNaN(process.now.runQueueNanos)) this.#readWaits(process);
    return true;
  }

  #open(pid: number): OsProcess | null {
    const line = this.#line;
    const opened = this.#files.openStat(pid, line);
    if (!opened) return null;
    const process = new OsProcess(pid, line.startTicks, opened.descriptor, this.#looks);
    process.seenIn = this.#looks;
    process.kernelThread = (line.flags & kernelThreadFlag) !== 0;
    this.#readName(process);
    process.update(line);
    this.#readOwner(process);
    this.#readArguments(process);
    this.#readIo(process);
    this.#readWaits(process);
    this.#setStart(process);
    this.byPid.set(pid, process);
    return process;
  }

  /** What a process did before the agent's first look is nobody's row; a process that is new since then counts from zero. */
  #setStart(process: OsProcess): void {
    const seconds = this.last?.monotonicSeconds ?? 0;
    process.reportedSeconds = seconds;
    if (this.#looks <= 1) {
      Object.assign(process.reported, process.now);
      process.waitedToldTicks = process.waitedTicks;
      process.keepEarlier();
      return;
    }
    const sincePrevious = seconds - (this.previous?.monotonicSeconds ?? seconds);
    const age = ((this.last?.at ?? 0) - this.startedAt(process)) / microsPerSecond;
    process.reportedSeconds -= Math.min(Math.max(age, 1 / this.kernel.ticksPerSecond), sincePrevious);
  }

  #readName(process: OsProcess): void {
    const { nameFrom, nameTo, nameHash } = this.#line;
    const name = this.#files.buffer.toString("utf8", nameFrom, nameTo);
    process.nameHash = nameHash;
    // Workers of the kernel show what they work on just now: `kworker/0:1-events`.
    process.name = cleanName(
      process.kernelThread ? name.replace(/^(kworker\/[^-+]*)[-+].*/, "$1") : name,
    ).name;
  }

  #readOwner(process: OsProcess): void {
    process.owner = process.kernelThread ? 0 : (this.#files.readOwner(process.pid) ?? process.owner);
  }

  #readArguments(process: OsProcess): void {
    if (!this.#tellsArguments || process.kernelThread) return;
    process.arguments = scrubArguments(this.#files.readArguments(process.pid)) || null;
  }

  #readIo(process: OsProcess): void {
    const io = this.#files.readIo(process.pid);
    if (io === "gone") return;
    if (io === "denied") {
      process.ioAccess = "denied";
      return;
    }
    process.ioAccess = "read";
    process.now.readBytes = io.readBytes;
    process.now.writeBytes = io.writeBytes;
    process.now.operations = io.operations;
  }

  #readWaits(process: OsProcess): void {
    const { pid, threads, now } = process;
    now.runQueueNanos = Number.NaN;
    if (!this.#waitsAreCounted) return;
    if (threads <= 1 && !process.threadWaits) {
      now.runQueueNanos = this.#files.readWait(pid) ?? Number.NaN;
      return;
    }
    const waits = threads <= this.#threadsLeft ? this.#files.readThreadWaits(pid, this.#threadsLeft) : null;
    if (!waits) return;
    this.#threadsLeft -= waits.size;
    process.threadWaits ??= new ThreadWaits();
    process.threadWaits.note(waits);
    now.runQueueNanos = process.threadWaits.nanos;
  }

  #forget(process: OsProcess): void {
    if (process.descriptor !== null) this.#files.close(process.descriptor);
    process.descriptor = null;
    if (this.byPid.get(process.pid) === process) this.byPid.delete(process.pid);
  }

  /** Steady, so that a start time does not tremble with the clock; new when the clock was set. */
  #keepBootedAt({ at, monotonicSeconds }: Moment): void {
    if (monotonicSeconds - this.#bootedAtReadSeconds < bootedAtEverySeconds) return;
    this.#bootedAtReadSeconds = monotonicSeconds;
    const bootedAt = readBootedAt(this.#roots, at);
    if (this.#bootedAt === null || Math.abs(bootedAt - this.#bootedAt) > microsPerSecond)
      this.#bootedAt = bootedAt;
  }
}
