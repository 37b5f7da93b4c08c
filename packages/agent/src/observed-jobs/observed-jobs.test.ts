/**
 * A daemon of the test's own, a real process called cron that starts jobs as cron does: it forks, and its fork runs the
 * line in a shell and waits. Other processes of the machine may be cron's, too.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { parseInstant, type ExecutionInput } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { OsProcessTable } from "../os-processes/os-process-table.ts";
import { systemRoots } from "../roots.ts";
import { RunUsage } from "../run-usage.ts";
import { Spool } from "../spool/spool.ts";
import { ObservedJobs } from "./observed-jobs.ts";
import { SelfRecordedRuns } from "./self-recorded.ts";

const daemonScript = `#!/bin/sh
while read -r line; do
  ( sh -c "$line"; : ) &
done
wait
`;

let folder: string;
let cron: ChildProcess;
let spool: Spool;
let table: OsProcessTable;
let jobs: ObservedJobs;
let recorded: SelfRecordedRuns;
let offset: number;
/** Time as the jobs see it: that of the system, moved on by the test where nothing would happen but waiting. */
const clock = { ...systemClock, now: () => systemClock.now() + offset * 1_000_000 };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-observed-"));
  offset = 0;
  const program = join(folder, "cron");
  await writeFile(program, daemonScript);
  await chmod(program, 0o755);
  cron = spawn(program, { stdio: ["pipe", "inherit", "inherit"] });
  await once(cron, "spawn");
  await startAgent();
});

afterEach(async () => {
  if (cron.exitCode === null && cron.signalCode === null) {
    cron.kill("SIGKILL");
    await once(cron, "exit");
  }
  table.close();
  await spool.close();
  await rm(folder, { recursive: true, force: true });
});

async function startAgent(): Promise<void> {
  table = new OsProcessTable(systemRoots);
  spool = await Spool.open({
    folder: join(folder, "spool"),
    limits: { maxBytes: 1e8, maxAgeSeconds: 1e6, graceSeconds: 3600, graceBytes: 1e8 },
    now: () => clock.now(),
    random: Math.random,
    onFatal: (error) => {
      throw error;
    },
    warn: () => {},
  });
  recorded = new SelfRecordedRuns(systemRoots);
  jobs = await ObservedJobs.open({
    dataDir: folder,
    spool,
    recorded,
    runUsage: new RunUsage({ table, roots: systemRoots, clock }),
    table,
    roots: systemRoots,
    clock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  await until(() => table.byPid.get(cron.pid!)?.name === "cron");
  await jobs.look();
}

/** As kill -9 does. */
async function killAgent(): Promise<void> {
  table.close();
  await spool.close();
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    table.look({ at: clock.now(), monotonicSeconds: clock.monotonicSeconds() });
    await jobs.look();
    if (condition()) return;
    await sleep(25);
  }
  throw new Error("it did not come to that");
}

/** Starts a line as cron would; answers the pid of a process in it that has this command line. */
async function start(line: string, command: string): Promise<number> {
  cron.stdin!.write(`${line}\n`);
  let pid = 0;
  await until(() => {
    const pids = execFileSync("ps", ["-e", "-o", "pid=,args="], { encoding: "utf8" });
    pid = Number(
      pids
        .split("\n")
        .find((each) => each.trim().replace(/^\d+ /, "") === command)
        ?.trim()
        .split(" ")[0] ?? 0,
    );
    return pid > 0;
  });
  await jobs.look();
  return pid;
}

async function told(): Promise<ExecutionInput[]> {
  const parts = await spool.nextParts({ memberBytes: 1e9, decodedBytes: 1e9, batches: 1e6 });
  const batches = parts.flatMap((part) => part.batches);
  return batches
    .flatMap(
      ({ member }) =>
        (JSON.parse(gunzipSync(member).toString()) as { executions: ExecutionInput[] }).executions,
    )
    .filter(({ process }) => process.startsWith("observed-test"));
}

/** Waits for the end of what runs, and as long as ends wait for a recorder's word. */
async function settle(pid: number): Promise<void> {
  await until(() => !table.byPid.has(pid));
  await sleep(50);
  await jobs.look();
  offset += 3.5;
  await jobs.look();
}

const named = (name: string, line: string) => `${line} # culprit: observed-test ${name}`;
const inside = (seconds: number) => `sleep ${seconds}; :`;

test("a bare job is told once, with its start, its end, its user and the flag", async () => {
  const before = clock.now();
  const pid = await start(named("bare", inside(0.911)), "sleep 0.911");
  await settle(pid);
  await jobs.look();
  const runs = await told();
  expect(runs).toMatchObject([
    {
      process: "observed-test bare",
      kind: "cron",
      outcome: "ok",
      flags: ["observed"],
      attributes: { user: userInfo().username },
    },
  ]);
  const [from, to] = [parseInstant(runs[0]!.startedAt)!, parseInstant(runs[0]!.endedAt!)!];
  expect(Math.abs(from - before)).toBeLessThan(1_000_000);
  expect((to - from) / 1e6).toBeGreaterThan(0.8);
  expect((to - from) / 1e6).toBeLessThan(2);
  expect(runs[0]).not.toHaveProperty("exitCode");
});

test("a killed job ends", async () => {
  const pid = await start(named("killed", "sleep 912; :"), "sleep 912");
  const shell = table.seeNow(pid)!.parentPid;
  process.kill(shell, "SIGKILL");
  process.kill(pid, "SIGKILL");
  await settle(pid);
  expect(await told()).toMatchObject([
    { process: "observed-test killed", endedAt: expect.any(String) as string },
  ]);
});

test("a job that runs is told as running, and once more when it ends", async () => {
  const pid = await start(named("long", "sleep 913; :"), "sleep 913");
  offset += 4;
  await jobs.look();
  expect(await told()).toEqual([]);
  for (let step = 0; step < 3; step++) {
    offset += 4;
    await jobs.look();
  }
  process.kill(pid);
  await settle(pid);
  const runs = await told();
  expect(runs.map(({ outcome }) => outcome)).toEqual(["running", "ok"]);
  expect(runs[1]!.id).toBe(runs[0]!.id);
});

test("a job that a recorder tells of is not told, whether its word comes early or late", async () => {
  const early = await start(named("early", inside(0.914)), "sleep 0.914");
  recorded.note(
    { id: "r1", process: "x", kind: "cron", pid: early, startedAt: instant(), outcome: "running" },
    clock.now(),
  );
  await settle(early);
  const late = await start(named("late", inside(0.915)), "sleep 0.915");
  await until(() => !table.byPid.has(late));
  recorded.note(
    {
      id: "r2",
      process: "x",
      kind: "cron",
      pid: late,
      startedAt: instant(-1),
      outcome: "ok",
      attributes: { user: userInfo().username },
    },
    clock.now(),
  );
  await settle(late);
  expect(await told()).toEqual([]);
});

test("a job told as running before its recorder was heard of ends where the record begins", async () => {
  const pid = await start(named("slow", "sleep 916; :"), "sleep 916");
  for (let step = 0; step < 3; step++) {
    offset += 4;
    await jobs.look();
  }
  const startedAt = instant();
  recorded.note({ id: "r1", process: "x", kind: "cron", pid, startedAt, outcome: "running" }, clock.now());
  await jobs.look();
  process.kill(pid);
  await settle(pid);
  expect(await told()).toMatchObject([{ outcome: "running" }, { outcome: "ok", endedAt: startedAt }]);
});

test("nobody hides another user's job", async () => {
  const pid = await start(named("hidden", inside(0.921)), "sleep 0.921");
  await until(() => !table.byPid.has(pid));
  const startedAt = instant(-1);
  const attributes = { user: "somebody" };
  recorded.note(
    { id: "r", process: "x", kind: "cron", pid, startedAt, outcome: "ok", attributes },
    clock.now(),
  );
  await settle(pid);
  expect(await told()).toMatchObject([{ process: "observed-test hidden" }]);
});

test("another job's recorder takes nothing from it", async () => {
  const pid = await start(named("own", inside(0.917)), "sleep 0.917");
  recorded.note(
    {
      id: "r1",
      process: "x",
      kind: "cron",
      pid: process.pid,
      startedAt: instant(),
      outcome: "running",
    },
    clock.now(),
  );
  await settle(pid);
  expect(await told()).toMatchObject([{ process: "observed-test own" }]);
});

test("a job goes on through a kill of the agent and is told once", async () => {
  const pid = await start(named("through", "sleep 918; :"), "sleep 918");
  for (let step = 0; step < 3; step++) {
    offset += 4;
    await jobs.look();
  }
  await killAgent();
  offset += 100;
  await startAgent();
  process.kill(pid);
  await settle(pid);
  const runs = await told();
  expect(runs.map(({ outcome }) => outcome)).toEqual(["running", "ok"]);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
  await killAgent();
  await startAgent();
  offset += 10;
  await jobs.look();
  expect(await told()).toHaveLength(2);
});

async function endsWhileAway(name: string, seconds: number, meanwhile: () => Promise<void>): Promise<void> {
  const pid = await start(named(name, `sleep ${seconds}; :`), `sleep ${seconds}`);
  await killAgent();
  process.kill(pid);
  await meanwhile();
  offset += 100;
  await startAgent();
  offset += 4;
  await jobs.look();
}

test("of a job that ends while there is no agent it is known when it was last seen, and not how long it took", async () => {
  const before = clock.now();
  await endsWhileAway("away", 919, async () => {});
  const [run] = await told();
  expect(run).toMatchObject({ outcome: "ok", flags: ["observed", "duration-unknown"] });
  expect(parseInstant(run!.endedAt!)! - before).toBeLessThan(5_000_000);
});

test("a job that ran when the kernel was started anew is lost", async () => {
  await endsWhileAway("rebooted", 920, async () => {
    const path = join(folder, "observed-jobs.json");
    const kept = await readFile(path, "utf8");
    await writeFile(
      path,
      kept.replace(/"bootId":"[^"]+"/, '"bootId":"11111111-2222-4333-8444-555555555555"'),
    );
  });
  expect(await told()).toMatchObject([{ process: "observed-test rebooted", outcome: "lost" }]);
});

function instant(seconds = 0): string {
  return new Date((clock.now() + seconds * 1e6) / 1000).toISOString().replace("Z", "000Z");
}
