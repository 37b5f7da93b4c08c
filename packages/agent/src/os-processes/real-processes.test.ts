/** The table over this machine's own /proc. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../clock.ts";
import { systemRoots } from "../roots.ts";
import { RunUsage } from "../run-usage.ts";
import { OsProcessReport } from "./report.ts";
import { OsProcessTable } from "./os-process-table.ts";
import { UnseenChildren } from "./unseen-children.ts";

const settings = { busyCpuSeconds: 0.05, busyIoBytes: 65_536 };

function watched() {
  const table = new OsProcessTable(systemRoots);
  onTestFinished(() => table.close());
  const report = new OsProcessReport({ table, settings, memoryBytes: 2 ** 34 });
  const runUsage = new RunUsage({ table, roots: systemRoots, clock: systemClock });
  const look = (kind: "all" | "busy") => {
    const moment = { at: systemClock.now(), monotonicSeconds: systemClock.monotonicSeconds() };
    table.look(moment);
    runUsage.observe(moment);
    return report.rows(kind, moment);
  };
  look("all");
  return { look, table, runUsage };
}

function started(command: string, ...parameters: string[]) {
  const child = spawn(command, parameters, { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}

test("a process that works is busy and shows its time, user and memory; the idle agent's own row is there in full tables", async () => {
  const { look } = watched();
  const child = started("sh", "-c", "while :; do :; done");
  await seconds(0.5);
  const rows = look("busy");
  const row = rows.pid.indexOf(child.pid!);
  expect(rows.name[row]).toBe("sh");
  expect(rows.user[row]).toBe(userInfo().username);
  expect(rows.parentPid[row]).toBe(process.pid);
  expect(rows.cpuSeconds[row]).toBeGreaterThanOrEqual(settings.busyCpuSeconds);
  expect(rows.cpuSeconds[row]).toBeLessThanOrEqual(rows.intervalSeconds[row]! + 0.05);
  expect(rows.rssBytes[row]).toBeGreaterThan(100_000);
  expect(Math.abs(rows.startedAt[row]! - Date.now() * 1000)).toBeLessThan(3e6);
  expect(look("all").pid).toContain(process.pid);
});

test("a program whose file name holds a bracket, a line break and a broken byte shows as a clean name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "culprit-names-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { look } = watched();
  const copied = spawnSync("sh", [
    "-c",
    `cd "$0" && cp "$(command -v sleep)" "$(printf 'a) b\\n\\377(c')"`,
    folder,
  ]);
  expect(copied.status).toBe(0);
  const child = started("sh", "-c", `cd "$0" && exec ./a*  30`, folder);
  await seconds(0.3);
  const rows = look("all");
  expect(rows.name[rows.pid.indexOf(child.pid!)]).toBe("a) b?\ufffd(c");
});

test("a real run is said to have used what its children, its sessions and its daemons did use", async () => {
  const folder = mkdtempSync(join(tmpdir(), "culprit-run-"));
  const following = new AbortController();
  onTestFinished(() => {
    following.abort();
    rmSync(folder, { recursive: true });
  });
  const { look, runUsage } = watched();
  const burn = (rounds: number) => `i=0; while [ $i -lt ${rounds} ]; do i=$((i+1)); done`;
  const script = `cd ${folder}
    (setsid sh -c '${burn(450_000)}; times > daemon.new; mv daemon.new daemon' &)
    for n in 1 2 3 4; do sh -c '${burn(60_000)}'; done
    setsid -w sh -c '${burn(180_000)}'
    times > run.new; mv run.new run; exec sleep 30`;
  const environment = { ...process.env, CULPRIT_PARENT_ID: "run" };
  const child = spawn("sh", ["-c", script], { stdio: "ignore", env: environment });
  onTestFinished(() => void child.kill("SIGKILL"));
  runUsage.track("run", child.pid!, systemClock.now());
  const followed = runUsage.run(following.signal);
  const have = (name: string) => existsSync(join(folder, name));
  while (!have("daemon") || !have("run")) {
    look("busy");
    await seconds(0.1);
  }
  const usage = runUsage.finish("run")!;
  following.abort();
  await followed;
  const told = ["daemon", "run"].map((name) => timesIn(readFileSync(join(folder, name), "utf8")));
  const truth = told.flat().reduce((sum, each) => sum + each, 0);
  expect(usage.cpuSeconds).toBeGreaterThan(0.9 * truth - 0.05);
  expect(usage.cpuSeconds).toBeLessThan(1.05 * truth + 0.05);
  expect(usage.maxRssBytes).toBeGreaterThan(500_000);
});

/** All of the two lines that sh's `times` prints: its own and its children's, user and system. */
function timesIn(text: string): number[] {
  return [...text.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
  );
}

test("CPU time of real children that no look saw is found at their parent, to the tick of the kernel", async () => {
  const { look, table } = watched();
  const unseen = new UnseenChildren(table);
  const spin = "n=0; while [ $n -lt 40000 ]; do n=$((n+1)); done";
  const child = spawn("sh", ["-c", `sh -c '${spin}'; sh -c '${spin}'; echo done; read line`]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  look("busy");
  const stat = readFileSync(`/proc/${child.pid!}/stat`, "utf8").split(") ")[1]!.split(" ");
  const waited = Number(stat[13]) + Number(stat[14]);
  expect(waited).toBeGreaterThan(1);
  expect(unseen.note().get(table.byPid.get(child.pid!)!)).toBe(waited);
});

test("processes that start and end by hundreds during looks do no harm, and no descriptor stays behind", async () => {
  const { look, table } = watched();
  const child = started("sh", "-c", "while :; do /bin/true & /bin/true & wait; done");
  for (let round = 0; round < 40; round++) {
    look(round % 2 === 0 ? "all" : "busy");
    await seconds(0.01);
  }
  child.kill("SIGKILL");
  await seconds(0.1);
  look("all");
  const open = [...table.byPid.values()].filter(({ descriptor }) => descriptor !== null).length;
  expect(open).toBeGreaterThan(5);
  expect(open).toBe(table.byPid.size);
  table.close();
  expect(table.byPid.size).toBe(0);
});
