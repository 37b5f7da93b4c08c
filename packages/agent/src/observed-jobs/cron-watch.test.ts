import { afterEach, beforeEach, expect, test } from "vitest";
import { OsProcessTable } from "../os-processes/os-process-table.ts";
import { WrittenProc } from "../testing/written-proc.ts";
import { findDaemons } from "./cron-daemons.ts";
import { parseProcessNow } from "./cron-processes.ts";
import { CronWatch, type CronLook } from "./cron-watch.ts";

const second = 1_000_000;
/** The machine has been up for 1,000 s; ticks are hundredths. */
const base = 1_000_001_000 * second;
let proc: WrittenProc;
let table: OsProcessTable;
let watch: CronWatch;
let seconds: number;

beforeEach(() => {
  proc = new WrittenProc();
  seconds = 0;
  proc.put(1, { name: "init", parent: 0, startTicks: 1 });
  proc.put(40, { name: "cron", startTicks: 500, command: ["/usr/sbin/cron", "-f"] });
  start();
});

afterEach(() => {
  table.close();
  proc.remove();
});

function start(): void {
  table = new OsProcessTable(proc.roots);
  table.look({ at: base, monotonicSeconds: 0 });
  watch = new CronWatch({ roots: proc.roots, table });
  look();
}

function look(after = 0.1): CronLook {
  seconds += after;
  return watch.look(base + seconds * second);
}

/** What cron does: it forks, and its fork starts the shell. */
function startJob(pid: number, line: string, daemon = 40): void {
  proc.put(pid, { name: "cron", parent: daemon, startTicks: 100_000 });
  proc.put(pid + 1, { name: "sh", parent: pid, startTicks: 100_001, command: ["/bin/sh", "-c", line] });
}

test("the program under cron's fork is a job, with the kernel's start and the file's owner", () => {
  startJob(50, "/opt/backup.sh --all");
  const [job] = look().began;
  expect(job).toMatchObject({ pid: 51, process: "backup.sh", startedAt: base + 0.01 * second });
  expect(job!.id).toMatch(/^cron-[0-9a-f]{16}$/);
  expect(job!.user).toBe(table.userOf(table.byPid.get(51)!));
  expect(look().began).toEqual([]);
});

test("a fork that has started nothing yet is waited for", () => {
  proc.put(50, { name: "cron", parent: 40, startTicks: 100_000 });
  proc.put(51, { name: "cron", parent: 50, startTicks: 100_001, command: ["/usr/sbin/CRON", "-f"] });
  expect(look().began).toEqual([]);
  // Within an exec the name is new and there is no command line yet.
  proc.put(51, { name: "sh" });
  proc.write("proc/51/cmdline", "");
  expect(look().began).toEqual([]);
  proc.put(51, { command: ["/bin/sh", "-c", "/opt/a"] });
  expect(look().began).toMatchObject([{ pid: 51, process: "a" }]);
});

test("a job ends with its program, though its mail and its descendants go on", () => {
  startJob(50, "/opt/a & sleep 1");
  look();
  proc.put(60, { name: "a", parent: 51, startTicks: 100_002, command: ["/opt/a"] });
  proc.put(70, {
    name: "sendmail",
    parent: 50,
    startTicks: 100_003,
    command: ["/usr/sbin/sendmail", "-FCronDaemon"],
  });
  look();
  proc.put(60, { parent: 1 });
  proc.end(51);
  expect(look()).toMatchObject({ began: [], ended: [{ job: { pid: 51 }, exitCode: null }] });
  expect(look()).toEqual({ began: [], ended: [], unseen: 0 });
});

test("daemons that start programs directly have jobs, too, and mailers are none", () => {
  proc.put(41, { name: "crond", startTicks: 600 });
  table.look({ at: base, monotonicSeconds: 0 });
  look();
  proc.put(50, { name: "sh", parent: 41, startTicks: 100_001, command: ["/bin/sh", "-c", "/opt/a"] });
  proc.put(60, { name: "sendmail", parent: 41, startTicks: 100_001, command: ["sendmail", "-ti"] });
  expect(look().began).toMatchObject([{ pid: 50, process: "a" }]);
});

test("a job of at, whose shell reads its commands, is called so", () => {
  proc.put(41, { name: "atd", startTicks: 600 });
  table.look({ at: base, monotonicSeconds: 0 });
  look();
  proc.put(50, { name: "atd", parent: 41, startTicks: 100_000 });
  proc.put(51, { name: "sh", parent: 50, startTicks: 100_000, command: ["sh"] });
  expect(look().began).toMatchObject([{ process: "at job" }]);
});

test("cron's own account of its child tells the CPU time of a job", () => {
  startJob(50, "/opt/a");
  look();
  proc.end(51);
  proc.end(50);
  proc.put(40, { waitedTicks: 250, waitedFaults: 900 });
  expect(look()).toMatchObject({ ended: [{ cpuSeconds: 2.5 }], unseen: 0 });
});

test("the CPU time of two jobs that end at once can't be told apart", () => {
  startJob(50, "/opt/a");
  startJob(60, "/opt/b");
  look();
  for (const pid of [50, 51, 60, 61]) proc.end(pid);
  proc.put(40, { waitedTicks: 250, waitedFaults: 900 });
  expect(look().ended.map(({ cpuSeconds }) => cpuSeconds)).toEqual([null, null]);
});

test("a job that came and went between two looks is counted", () => {
  proc.put(40, { waitedFaults: 300 });
  expect(look().unseen).toBe(1);
  expect(look().unseen).toBe(0);
});

test("an ended process that cron has not waited for yet tells its exit status, to those who may know", () => {
  startJob(50, "exit 3");
  startJob(60, "kill -9 $$");
  look();
  proc.put(51, { state: "Z", exitStatus: 3 << 8 });
  proc.put(61, { state: "Z", exitStatus: 9 });
  expect(look().ended.map(({ exitCode }) => exitCode)).toEqual([3, 137]);
});

test("a pid that is another process by now is not the job that had it", () => {
  startJob(50, "/opt/a");
  const [job] = look().began;
  proc.end(51);
  proc.put(51, { name: "other", parent: 1, startTicks: 100_900 });
  expect(look()).toMatchObject({ began: [], ended: [{ job: { id: job!.id } }] });
});

test("jobs outlive their daemon, and a new daemon is found", () => {
  startJob(50, "/opt/a");
  look();
  proc.end(40);
  proc.put(50, { parent: 1 });
  expect(look().ended).toEqual([]);
  proc.put(42, { name: "cron", startTicks: 100_500 });
  table.look({ at: base, monotonicSeconds: 10 });
  look();
  startJob(60, "/opt/b", 42);
  expect(look().began).toMatchObject([{ process: "b" }]);
  proc.end(51);
  expect(look().ended).toMatchObject([{ job: { process: "a" } }]);
});

test("without the kernel's list of children the looks at all processes tell them", () => {
  proc.hideChildren();
  startJob(50, "/opt/a");
  expect(look().began).toEqual([]);
  table.look({ at: base, monotonicSeconds: 5 });
  expect(look().began).toMatchObject([{ process: "a" }]);
});

test("the agent itself is no job, though cron may have started it", () => {
  proc.put(50, { name: "cron", parent: 40, startTicks: 100_000 });
  proc.put(51, { name: "sh", parent: 50, startTicks: 100_001, command: ["/bin/sh", "-c", "culprit agent"] });
  proc.put(process.pid, { name: "node", parent: 51, startTicks: 100_002 });
  watch = new CronWatch({ roots: proc.roots, table });
  expect(look().began).toEqual([]);
});

test("who is neither root nor daemon is no cron, whatever its name", () => {
  table.look({ at: base, monotonicSeconds: 5 });
  const cron = table.byPid.get(40)!;
  const found = (owner: number) => {
    cron.owner = owner;
    return findDaemons(table.byPid, null).length;
  };
  expect([0, 1, 33, 1000].map(found)).toEqual([1, 1, 0, 0]);
});

test("past five hundred jobs at once the others are counted", () => {
  // More than any kernel gives: none is the pid of this test itself, which would be no job.
  const pids = Array.from({ length: 510 }, (_, index) => 5_000_000 + index);
  for (const pid of pids) {
    proc.write(`proc/${pid}/stat`, `${pid} (sh) S 40 ${"0 ".repeat(17)}100001 1 1 ${"0 ".repeat(27)}0\n`);
    proc.write(`proc/${pid}/cmdline`, "/bin/sh\0-c\0/opt/a\0");
  }
  proc.write("proc/40/task/40/children", pids.join(" "));
  expect(look()).toMatchObject({ unseen: 10 });
  expect(watch.jobs.size).toBe(500);
});

test("a line of /proc/<pid>/stat with any name is read; what is none is refused", () => {
  const numbers = Array.from({ length: 49 }, (_, index) => index + 4).join(" ");
  expect(parseProcessNow(`7 (a) S (b) Z ${numbers}\n`)).toEqual({
    name: "a) S (b",
    parentPid: 4,
    waitedFaults: 11,
    waitedTicks: 33,
    startTicks: 22,
    ended: true,
    exitStatus: 52,
  });
  expect(parseProcessNow("")).toBeNull();
  expect(parseProcessNow("7 (a) S 1 2 3")).toBeNull();
});
