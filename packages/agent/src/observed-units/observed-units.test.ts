import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionInput } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import { SelfRecordedRuns } from "../observed-jobs/self-recorded.ts";
import { WrittenProc } from "../testing/written-proc.ts";
import { ObservedUnits } from "./observed-units.ts";

const second = 1_000_000;
/** 2026-11-27T00:00:00Z; the machine has been up for an hour and ten minutes. */
const bootedAt = Date.UTC(2026, 10, 27) * 1000;
const now = bootedAt + 4200 * second;

let folder: string;
let proc: WrittenProc;
let clock: ManualClock;
let told: ExecutionInput[];
let warnings: string[];
let units: ObservedUnits;
let recorded: SelfRecordedRuns;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-units-"));
  await mkdir(join(folder, "timers"));
  await writeFile(join(folder, "timers/some.timer"), "");
  proc = new WrittenProc();
  clock = new ManualClock(now);
  proc.write("proc/uptime", "4200.00 4000.00\n");
  proc.write("proc/stat", `btime ${bootedAt / second}\n`);
  // What it is asked for stands in a file, with the zone that it tells times in.
  await writeFile(
    join(folder, "systemctl"),
    `#!/bin/sh\necho "$TZ $*" >>"${folder}/asked"\ncat "${folder}/show.txt"\n`,
  );
  await writeFile(
    join(folder, "journalctl"),
    `#!/bin/sh\necho "$*" >>"${folder}/journal-asked"\nexec cat "${folder}/journal.ndjson"\n`,
  );
  for (const name of ["systemctl", "journalctl"]) await chmod(join(folder, name), 0o755);
  writeFileSync(join(folder, "journal.ndjson"), "");
  start();
});

afterEach(async () => {
  proc.remove();
  await rm(folder, { recursive: true });
});

function start(services: string[] = []): void {
  told = [];
  warnings = [];
  recorded = new SelfRecordedRuns(proc.roots);
  units = new ObservedUnits({
    dataDir: folder,
    spool: { appendExecutions: async (executions) => void told.push(...(executions as ExecutionInput[])) },
    recorded,
    roots: proc.roots,
    clock,
    log: { info: () => {}, warn: (text) => warnings.push(text), error: () => {} },
    systemctl: join(folder, "systemctl"),
    journalctl: join(folder, "journalctl"),
    marker: folder,
    timerFolders: [join(folder, "none"), join(folder, "timers")],
    services,
  });
}

function show(change: (text: string) => string, version = "v252"): void {
  const text = readFileSync(join(import.meta.dirname, "fixtures", version, "show.txt"), "utf8");
  writeFileSync(join(folder, "show.txt"), change(text));
}

const asked = () => readFileSync(join(folder, "asked"), "utf8").trimEnd().split("\n");
const same = (text: string) => text;

test("a failed unit of systemd 219, without an invocation's id", async () => {
  show(same, "v219");
  await units.look();
  expect(told).toMatchObject([
    {
      process: "backup",
      kind: "cron",
      startedAt: "2026-11-27T01:00:00.250000Z",
      endedAt: "2026-11-27T01:05:10.500000Z",
      outcome: "failed",
      exitCode: 2,
      pid: 4711,
      attributes: { user: "root" },
      flags: ["observed"],
    },
  ]);
  expect(told[0]!.id).toMatch(/^systemd-[0-9a-f]{32}$/);
  expect(told[0]).not.toHaveProperty("cpuSeconds");
});

test("a unit that ended well and one that was killed, of systemd 239", async () => {
  show(same, "v239");
  await units.look();
  expect(told).toMatchObject([
    {
      id: "systemd-0123456789abcdef0123456789abcdef",
      process: "dnf-makecache",
      startedAt: "2026-11-27T00:30:00.000100Z",
      endedAt: "2026-11-27T00:30:04.500100Z",
      outcome: "ok",
      exitCode: 0,
    },
    {
      process: "sync@orders",
      outcome: "failed",
      exitCode: 137,
      cpuSeconds: 12.5,
      attributes: { user: "www" },
    },
  ]);
  expect(told[0]).not.toHaveProperty("cpuSeconds");
});

test("a unit that runs is told as running and later as ended; what never ran is not told", async () => {
  show(same);
  await units.look();
  expect(told).toMatchObject([
    { process: "man-db", outcome: "running", startedAt: "2026-11-27T00:50:00.000000Z" },
    { process: "e2scrub_reap", outcome: "ok", endedAt: "2026-11-27T00:01:03.000000Z" },
  ]);
  told = [];
  await units.look();
  expect(told).toEqual([]);
  show((text) =>
    text
      .replace("ActiveState=activating", "ActiveState=inactive")
      .replace("InactiveEnterTimestampMonotonic=1400000000", "InactiveEnterTimestampMonotonic=4100000000")
      .replace("ExecMainCode=0", "ExecMainCode=1"),
  );
  await units.look();
  await units.look();
  expect(told).toMatchObject([
    {
      id: "systemd-22222222222222222222222222222222",
      outcome: "ok",
      startedAt: "2026-11-27T00:50:00.000000Z",
      endedAt: "2026-11-27T01:08:20.000000Z",
      cpuSeconds: 0.8,
    },
  ]);
});

test("a run that was told as running and was not seen to end is lost once the unit runs again", async () => {
  show(same);
  await units.look();
  told = [];
  show((text) =>
    text
      .replaceAll("2222222222222222", "9999999999999999")
      .replace(
        "00:50:00 UTC\nInactiveExitTimestampMonotonic=3000000000",
        "01:09:55 UTC\nInactiveExitTimestampMonotonic=4195000000",
      ),
  );
  await units.look();
  expect(told).toMatchObject([{ id: "systemd-22222222222222222222222222222222", outcome: "lost" }]);
});

test("a unit whose command is a recorder is left to it, and time-outs are told as such, of systemd 257", async () => {
  show(same, "v257");
  await units.look();
  expect(told).toMatchObject([
    {
      process: "report",
      outcome: "timeout",
      exitCode: 143,
      maxRssBytes: 104_857_600,
      ioReadBytes: 4096,
      ioWriteBytes: 8192,
    },
  ]);
});

test("a unit in which a recorder runs is left to it", async () => {
  proc.put(3150, { parent: 3100, name: "bash" });
  proc.write("proc/3150/cgroup", "0::/system.slice/man-db.service\n");
  const startedAt = "2026-11-27T00:50:01.000000Z";
  recorded.note(
    { id: "r", kind: "job", process: "x", pid: 3150, startedAt, outcome: "running" },
    clock.now(),
  );
  show(same);
  await units.look();
  expect(told.map(({ process }) => process)).toEqual(["e2scrub_reap"]);
});

test("nobody hides another user's unit by the number of its process", async () => {
  show(same, "v219");
  const recordedBy = (user: string) =>
    recorded.note(
      {
        id: `of ${user}`,
        kind: "job",
        process: "x",
        pid: 4711,
        startedAt: "2026-11-27T01:00:00.300000Z",
        endedAt: "2026-11-27T01:00:01.000000Z",
        outcome: "ok",
        attributes: { user },
      },
      clock.now(),
    );
  recordedBy("eve");
  await units.look();
  expect(told.map(({ process }) => process)).toEqual(["backup"]);
  start();
  recordedBy("root");
  await units.look();
  expect(told).toEqual([]);
});

const recording = (name: string) =>
  readFileSync(join(import.meta.dirname, "fixtures/v252-recorded", name), "utf8");

/** Two looks of 2026-11-27, 44 s apart, at the units of the recording. */
async function lookTwice(journal: string): Promise<void> {
  const up = 1_795_762_690_427_852 - 1_795_749_580_770_215;
  proc.write("proc/uptime", `${up / second} 1.00\n`);
  proc.write("proc/stat", "btime 1795749580\n");
  clock = new ManualClock(1_795_762_690_427_852);
  start(["once.service"]);
  writeFileSync(join(folder, "show.txt"), recording("before.txt"));
  await units.look();
  told = [];
  await clock.advance(44.327157);
  proc.write("proc/uptime", `${up / second + 44.327157} 1.00\n`);
  writeFileSync(join(folder, "show.txt"), `${recording("after.txt")}\n${recording("forgotten.txt")}`);
  writeFileSync(join(folder, "journal.ndjson"), journal);
  await units.look();
}

const byProcess = () =>
  Object.fromEntries(
    [...new Set(told.map(({ process }) => process))]
      .toSorted()
      .map((name) => [name, told.filter(({ process }) => process === name)]),
  );
const seconds = ({ startedAt, endedAt }: ExecutionInput) =>
  (Date.parse(endedAt!) - Date.parse(startedAt)) / 1000;

test("of several runs of a unit between two looks each is told, as a real systemd 252 wrote of them", async () => {
  await lookTwice(recording("journal.ndjson"));
  const { batch, flaky, once, quick, slow } = byProcess();
  expect([batch, flaky, once, quick, slow].map((runs) => runs!.length)).toEqual([5, 5, 1, 6, 3]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(20);
  for (const run of quick!) {
    expect(run).toMatchObject({ kind: "cron", outcome: "ok", flags: ["observed"] });
    expect(seconds(run)).toBeGreaterThan(1);
    expect(seconds(run)).toBeLessThan(1.6);
  }
  for (const run of flaky!)
    expect(run).toMatchObject({ outcome: "failed", exitCode: 3, attributes: { user: "nobody" } });
  for (const run of slow!) expect(run).toMatchObject({ outcome: "timeout", exitCode: 143 });
  expect(once).toMatchObject([
    {
      id: "systemd-85138a2db590445c90e3acd7781a2c00",
      kind: "job",
      startedAt: "2026-11-27T06:58:22.522744Z",
      endedAt: "2026-11-27T06:58:37.750797Z",
      outcome: "ok",
      cpuSeconds: 4.905796,
      attributes: { user: "nobody" },
    },
  ]);
  const asked = readFileSync(join(folder, "journal-asked"), "utf8").trimEnd().split("\n").at(-1);
  expect(asked).toMatch(/--since=@1795762687 .* _PID=1 .*UNIT=quick.service .*UNIT=once.service$/);
  told = [];
  await units.look();
  expect(told.filter(({ outcome }) => outcome !== "running")).toEqual([]);
});

test("a journal that tells nothing of units, as to those who may not read it, is said, too", async () => {
  await lookTwice("");
  expect(warnings).toEqual([expect.stringContaining("the journal tells nothing of units")]);
  await lookTwice(recording("journal.ndjson"));
  expect(warnings).toEqual([]);
});

test("without a journal the last run of each unit is told, and why no other is said once", async () => {
  await writeFile(join(folder, "journalctl"), "#!/bin/sh\nexit 1\n");
  await lookTwice("");
  expect(byProcess()).toMatchObject({ flaky: [{ exitCode: 3 }], slow: [{ exitCode: 143 }] });
  await units.look();
  expect(warnings).toEqual([expect.stringContaining("of several runs of a unit at once only the last")]);
});

test("a run that was told as running ends as the journal says, though another has followed it", async () => {
  show(same);
  await units.look();
  told = [];
  const at = (seconds: number) => String(bootedAt + seconds * second);
  const entry = (message: string, more: object) =>
    `${JSON.stringify({ MESSAGE_ID: message, UNIT: "man-db.service", ...more })}\n`;
  const invocation = { INVOCATION_ID: "2".repeat(32) };
  writeFileSync(
    join(folder, "journal.ndjson"),
    `not JSON\n${entry("98e322203f7a4ed290d09fe03c09fe15", { ...invocation, __REALTIME_TIMESTAMP: at(4210), EXIT_CODE: "exited", EXIT_STATUS: "4" })}` +
      entry("d9b373ed55a64feb8242e02dbe79a49c", {
        ...invocation,
        __REALTIME_TIMESTAMP: at(4210),
        UNIT_RESULT: "exit-code",
      }),
  );
  await clock.advance(30);
  proc.write("proc/uptime", "4230.00 4000.00\n");
  show((text) =>
    text
      .replaceAll("2222222222222222", "9999999999999999")
      .replace(
        "00:50:00 UTC\nInactiveExitTimestampMonotonic=3000000000",
        "01:10:25 UTC\nInactiveExitTimestampMonotonic=4225000000",
      ),
  );
  await units.look();
  expect(told.filter(({ id }) => id === `systemd-${"2".repeat(32)}`)).toMatchObject([
    {
      startedAt: "2026-11-27T00:50:00.000000Z",
      endedAt: "2026-11-27T01:10:10.000000Z",
      outcome: "failed",
      exitCode: 4,
    },
  ]);
});

test("after a restart of the agent the same runs are told under the same ids", async () => {
  show(same, "v219");
  await units.look();
  const [first] = told;
  start();
  await units.look();
  expect(told).toEqual([first]);
});

test("a run that the machine's restart cut off is lost as of when it was last seen, once", async () => {
  show(same);
  await units.look();
  const [running] = told;
  await clock.advance(30);
  await units.look();
  proc.write("proc/sys/kernel/random/boot_id", "99999999-2222-4333-8444-555555555555\n");
  await clock.advance(3600);
  await rm(join(folder, "timers/some.timer"));
  start();
  await units.look();
  expect(told).toEqual([
    {
      ...running,
      pid: undefined,
      outcome: "lost",
      endedAt: "2026-11-27T01:10:30.000000Z",
      flags: ["observed", "duration-unknown"],
    },
  ]);
  start();
  await units.look();
  expect(told).toEqual([]);
});

test("a run that goes on while the agent is started again is told to its end, and lost if another follows", async () => {
  show(same);
  await units.look();
  start();
  await units.look();
  expect(told.map(({ process }) => process)).toEqual(["e2scrub_reap"]);
  told = [];
  await clock.advance(600);
  start();
  show((text) =>
    text
      .replaceAll("2222222222222222", "9999999999999999")
      .replace(
        "00:50:00 UTC\nInactiveExitTimestampMonotonic=3000000000",
        "01:09:55 UTC\nInactiveExitTimestampMonotonic=4195000000",
      ),
  );
  await units.look();
  expect(told[0]).toMatchObject({
    id: "systemd-22222222222222222222222222222222",
    outcome: "lost",
    endedAt: "2026-11-27T01:10:00.000000Z",
    flags: ["observed", "duration-unknown"],
  });
});

test("a clock that stood still with the machine asleep does not misplace a run", async () => {
  proc.write("proc/uptime", "10000.00 4000.00\n");
  proc.write("proc/stat", "");
  show(same, "v219");
  await units.look();
  expect(told).toMatchObject([
    { startedAt: "2026-11-27T01:00:00.000000Z", endedAt: "2026-11-27T01:05:10.250000Z" },
  ]);
});

test("it asks for the services of timers alone, and for timers every ten minutes", async () => {
  show(same);
  for (let look = 0; look < 22; look++) {
    await units.look();
    await clock.advance(30);
  }
  const wanted = asked().map((line) => line.replace(/^UTC show --no-pager --property=\S+ -- /, ""));
  const services = Array.from({ length: 19 }, () => "man-db.service");
  expect(wanted).toEqual(["*.timer", ...services, "*.timer man-db.service", "man-db.service"]);
});

test("services that the settings name are jobs of their own, also where no timer is", async () => {
  await rm(join(folder, "timers/some.timer"));
  start(["sync@*.service", "dnf-makecache.service"]);
  show((text) => text.replaceAll("dnf-makecache.timer", ""), "v239");
  await units.look();
  expect(told.map(({ process, kind }) => `${process} ${kind}`)).toEqual([
    "dnf-makecache job",
    "sync@orders job",
  ]);
  expect(asked()).toEqual([expect.stringMatching(/ -- sync@\*\.service dnf-makecache\.service$/)]);
});

test("where there is no timer, or no systemd, nothing is asked", async () => {
  await rm(join(folder, "timers/some.timer"));
  await units.look();
  expect(existsSync(join(folder, "asked"))).toBe(false);
  await writeFile(join(folder, "timers/some.timer"), "");
  const elsewhere = new ObservedUnits({
    dataDir: folder,
    spool: { appendExecutions: async () => {} },
    recorded,
    roots: proc.roots,
    clock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    systemctl: join(folder, "systemctl"),
    marker: join(folder, "no-systemd"),
  });
  await elsewhere.run(new AbortController().signal);
  expect(existsSync(join(folder, "asked"))).toBe(false);
});

test("a systemctl that fails, or says what nobody understands, is said once and ends nothing", async () => {
  await writeFile(join(folder, "systemctl"), "#!/bin/sh\nexit 1\n");
  const stopping = new AbortController();
  const running = units.run(stopping.signal);
  for (let look = 0; look < 3; look++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await clock.advance(30);
  }
  stopping.abort();
  await running;
  expect(warnings).toHaveLength(1);
  show(() => "=\n\nUnit=x\nno line\n\nId=y.service\nInactiveExitTimestampMonotonic=soon\n");
  await writeFile(join(folder, "systemctl"), `#!/bin/sh\ncat "${folder}/show.txt"\n`);
  await units.look();
  expect(told).toEqual([]);
});
