import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { ExecutionInput } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import { systemRoots } from "../roots.ts";
import { Spool } from "../spool/spool.ts";
import { WebRequests } from "../web-requests/web-requests.ts";
import { Intake } from "./intake.ts";
import { writeIntake } from "./write-intake.ts";

const isRoot = process.getuid?.() === 0;

let base: string;
let folder: string;
let clock: ManualClock;
let spool: Spool;
let intake: Intake;
let tracked: [string, number][];
let finished: string[];
let heard: string[];
let warnings: string[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "culprit-intake-"));
  folder = join(base, "intake");
  await mkdir(folder);
  clock = new ManualClock(Date.now() * 1000);
  tracked = [];
  finished = [];
  heard = [];
  warnings = [];
  await start();
});

afterEach(async () => {
  await spool.close();
  await rm(base, { recursive: true, force: true });
});

async function start(): Promise<void> {
  spool = await Spool.open({
    folder: join(base, "spool"),
    limits: { maxBytes: 1e8, maxAgeSeconds: 1e6, graceSeconds: 3600, graceBytes: 1e8 },
    now: () => clock.now(),
    random: Math.random,
    onFatal: (error) => {
      throw error;
    },
    warn: () => {},
  });
  const log = { info: () => {}, warn: (text: string) => void warnings.push(text), error: () => {} };
  intake = await Intake.open({
    folder,
    dataDir: base,
    spool,
    webRequests: await WebRequests.open({ dataDir: base, spool, clock, log }),
    roots: systemRoots,
    clock,
    log,
    onRun: ({ id }) => void heard.push(id!),
    runUsage: {
      track: (id, pid) => void tracked.push([id, pid]),
      finish(id, _endedAt, { cpuSeconds = 0 }) {
        finished.push(id);
        return { maxRssBytes: 1000, cpuSeconds: cpuSeconds + 0.25 };
      },
    },
  });
}

/** The agent is killed and started again. */
async function restart(): Promise<void> {
  await spool.close();
  await start();
}

async function taken(): Promise<ExecutionInput[]> {
  const parts = await spool.nextParts({ memberBytes: 1e9, decodedBytes: 1e9, batches: 1e6 });
  return parts
    .flatMap(({ batches }) => batches)
    .flatMap(
      ({ member }) =>
        (JSON.parse(gunzipSync(member).toString()) as { executions: ExecutionInput[] }).executions,
    );
}

const at = (secondsAgo: number) => new Date(clock.now() / 1000 - secondsAgo * 1000).toISOString();
const ended = (id: string) => ({ id, process: "job", startedAt: at(2), endedAt: at(1), exitCode: 0 });

test("a whole end file is taken in, with its owner and what it used besides, and removed", async () => {
  await writeIntake(folder, { ...ended("one"), cpuSeconds: 1.5 });
  await intake.look();
  const [run] = await taken();
  expect(run).toMatchObject({
    id: "one",
    process: "job",
    outcome: "ok",
    cpuSeconds: 1.75,
    maxRssBytes: 1000,
  });
  expect(run!.attributes).toEqual({ user: userInfo().username });
  expect(await readdir(folder)).toEqual([]);
});

test("times come from the files where the files don't tell", async () => {
  await writeFile(join(folder, "aaaaaaaa.start"), `process=job\0pid=1\0end\0`);
  await writeFile(join(folder, "aaaaaaaa.b.end"), "exitCode=2\0end\0");
  await utimes(join(folder, "aaaaaaaa.start"), 1_700_000_000.25, 1_700_000_000.25);
  await utimes(join(folder, "aaaaaaaa.b.end"), 1_700_000_003.5, 1_700_000_003.5);
  await intake.look();
  expect((await taken())[0]).toMatchObject({
    id: "aaaaaaaa",
    startedAt: "2023-11-14T22:13:20.250000Z",
    endedAt: "2023-11-14T22:13:23.500000Z",
    outcome: "failed",
    exitCode: 2,
  });
});

test("a clock set back during a run gives it zero length and a flag, not a negative one", async () => {
  await writeFile(join(folder, "aaaaaaaa.start"), `process=job\0end\0`);
  await writeFile(join(folder, "aaaaaaaa.b.end"), "exitCode=0\0end\0");
  await utimes(join(folder, "aaaaaaaa.b.end"), 1_700_000_000, 1_700_000_000);
  await intake.look();
  const [run] = await taken();
  expect(run!.endedAt).toBe(run!.startedAt);
  expect(run!.flags).toEqual(["clock-skew"]);
});

test("names with control and text-direction characters are cleaned and flagged", async () => {
  await writeFile(join(folder, "aaaaaaaa.end"), `process=a\nb\u202ec${"x".repeat(300)}\0end\0`);
  await writeIntake(folder, { ...ended("two"), process: "a\u0000b" });
  await utimes(join(folder, "aaaaaaaa.end"), 1, 1);
  await writeFile(join(folder, "aaaaaaaa.start"), "end\0");
  await intake.look();
  const runs = (await taken()).toSorted((a, b) => a.process.localeCompare(b.process));
  expect(runs.map(({ process, flags }) => [process.slice(0, 6), process.length, flags])).toEqual([
    ["a?b", 3, ["name-cleaned"]],
    ["a?b?cx", 200, ["name-cleaned", "clock-skew"]],
  ]);
});

test("what a run wrote is taken in as plain text, its end if it is long", async () => {
  await writeFile(join(folder, "aaaaaaaa.start"), "process=job\0end\0");
  const bytes = Buffer.concat([
    Buffer.alloc(20_000, "x"),
    Buffer.from([0xff, 0x1b]),
    Buffer.from("[1m=\nlast"),
  ]);
  await writeFile(
    join(folder, "aaaaaaaa.b.end"),
    Buffer.concat([Buffer.from("exitCode=1\0output="), bytes, Buffer.from("\0end\0")]),
  );
  await intake.look();
  const [{ output }] = (await taken()) as [ExecutionInput];
  expect(output).toMatch(/^x+\ufffd=\nlast$/);
  expect(Buffer.byteLength(output!)).toBe(10_240);
});

test("nobody tells of a run that the agent itself observes, whose id can be made by all", async () => {
  for (const id of ["cron-0123456789abcdef", `systemd-${"0".repeat(32)}`]) {
    await writeIntake(folder, ended(id));
    await writeFile(join(folder, `${id}.end`), `${JSON.stringify(ended(id))}\n`);
  }
  await writeIntake(folder, ended("cron-0123456789abcdef-mine"));
  await intake.look();
  expect((await taken()).map(({ id }) => id)).toEqual(["cron-0123456789abcdef-mine"]);
  expect(spool.dropped.get("intake-refused")).toBe(4);
});

test("an incomplete end file waits, and is refused in the end", async () => {
  await writeFile(join(folder, "aaaaaaaa.end"), '{"process":"job"');
  await intake.look();
  expect(await readdir(folder)).toHaveLength(1);
  await clock.advance(61);
  await intake.look();
  expect(await readdir(folder)).toEqual([]);
  expect(await readdir(join(base, "intake-refused"))).toHaveLength(2);
  expect(await taken()).toEqual([]);
});

test("foreign names stay, nonsense is refused, and neither does harm", async () => {
  await writeFile(join(folder, "README"), "keep me");
  await writeFile(join(folder, "aaaaaaaa.end"), "nonsense=1\0end\0");
  await writeFile(join(folder, "bbbbbbbb.end"), '{"process":5}\n');
  await writeFile(join(folder, "cccccccc.end"), "[1]\n");
  await writeFile(join(folder, "dddddddd.end"), Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
  await writeIntake(folder, ended("good"));
  await intake.look();
  expect((await taken()).map(({ id }) => id)).toEqual(["good"]);
  expect(await readdir(folder)).toContain("README");
  expect(spool.dropped.get("intake-refused")).toBeGreaterThanOrEqual(3);
});

test("links, pipes, sockets, folders, hard links and large files are refused and removed", async () => {
  const secret = join(base, "secret");
  await writeFile(secret, `${JSON.stringify(ended("stolen"))}\n`);
  await symlink(secret, join(folder, "aaaaaaaa.end"));
  await link(secret, join(folder, "bbbbbbbb.end"));
  execFileSync("mkfifo", [join(folder, "cccccccc.end")]);
  await mkdir(join(folder, "dddddddd.end"));
  await writeFile(join(folder, "eeeeeeee.end"), Buffer.alloc(64 * 1024 + 1, 32));
  const server = createServer().listen(join(folder, "ffffffff.end"));
  await once(server, "listening");
  await intake.look();
  server.close();
  expect(await taken()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  expect(spool.dropped.get("intake-refused")).toBe(6);
});

test.skipIf(!isRoot)("nobody can end another user's run", async () => {
  await writeFile(join(folder, "aaaaaaaa.start"), `process=job\0end\0`);
  await writeFile(join(folder, "aaaaaaaa.evil.end"), "exitCode=0\0end\0");
  await chown(join(folder, "aaaaaaaa.evil.end"), 65_534, 65_534);
  await intake.look();
  expect(await taken()).toEqual([]);
  expect(await readdir(folder)).toEqual(["aaaaaaaa.start"]);
});

test.skipIf(!isRoot)(
  "what others put beside a run keeps neither its end nor its start from being taken",
  async () => {
    const stranger = async (name: string, content: string) => {
      await writeFile(join(folder, name), content);
      await chown(join(folder, name), 65_534, 65_534);
    };
    await writeFile(join(folder, "aaaaaaaa.start"), `process=job\0pid=${process.pid}\0end\0`);
    await sleep(20);
    // The times say that it was first; its pid, which has gone, would end the run.
    await stranger("aaaaaaaa.0.start", "process=evil\0pid=2147483647\0end\0");
    await utimes(join(folder, "aaaaaaaa.0.start"), 1, 1);
    await stranger("aaaaaaaa.0.end", "exitCode=1\0end\0");
    await intake.look();
    await clock.advance(4);
    await intake.look();
    expect(await readdir(folder)).toEqual(["aaaaaaaa.start"]);
    await stranger("aaaaaaaa.1.end", "exitCode=1\0end\0");
    await writeFile(join(folder, "aaaaaaaa.b.end"), "exitCode=0\0end\0");
    await intake.look();
    expect(await taken()).toMatchObject([{ id: "aaaaaaaa", process: "job", outcome: "ok" }]);
    expect(await readdir(folder)).toEqual([]);
  },
);

test.skipIf(!isRoot).each(["at once", "later"])(
  "nobody can tell an end under the id of another's run, %s",
  async (when) => {
    await writeFile(join(folder, "aaaaaaaa.start"), `process=job\0pid=${process.pid}\0end\0`);
    if (when === "later") await intake.look();
    await writeFile(join(folder, "00000000.end"), `${JSON.stringify(ended("aaaaaaaa"))}\n`);
    await chown(join(folder, "00000000.end"), 65_534, 65_534);
    await intake.look();
    expect(await taken()).toEqual([]);
    expect(await readdir(folder)).toEqual(["aaaaaaaa.start"]);
  },
);

test.skipIf(!isRoot)(
  "an agent of another user, whose folder it is, takes in what it may read, and tells once of what not",
  async () => {
    execFileSync("chown", ["-R", "65534", base]);
    await writeIntake(folder, ended("secret"));
    execFileSync("chmod", ["-R", "go-r", folder]);
    await chmod(folder, 0o1777);
    await writeIntake(folder, ended("open"));
    process.seteuid!(65_534);
    try {
      await intake.look();
      await intake.look();
    } finally {
      process.seteuid!(0);
    }
    expect((await taken()).map(({ id }) => id)).toEqual(["open"]);
    expect(warnings.filter((text) => text.includes("can't be read by this agent's user"))).toHaveLength(1);
  },
);

test("a flood of empty and foreign files hides no run, and the empty ones are cleared", async () => {
  for (let index = 0; index < 25_000; index++) {
    closeSync(openSync(join(folder, `junk-${index}`), "w"));
    if (index < 300) closeSync(openSync(join(folder, `emptyfile-${index}.end`), "w"));
  }
  await writeIntake(folder, ended("one"));
  await intake.look();
  expect((await taken()).map(({ id }) => id)).toEqual(["one"]);
  await clock.advance(61);
  await intake.look();
  expect((await readdir(folder)).filter((name) => name.startsWith("empty"))).toEqual([]);
});

test("a flood of nonsense is removed and counted; some of it is told and kept, and how much was not", async () => {
  const flood = async (name: string) => {
    for (let index = 0; index < 500; index++) {
      const descriptor = openSync(join(folder, `nonsense${name}${index}.end`), "w");
      writeSync(descriptor, "nonsense\0end\0");
      closeSync(descriptor);
    }
    await intake.look();
  };
  await flood("a");
  expect(await readdir(folder)).toEqual([]);
  expect(spool.dropped.get("intake-refused")).toBe(500);
  expect(warnings).toHaveLength(100);
  const kept = await readdir(join(base, "intake-refused"));
  expect(kept).toHaveLength(200);
  await clock.advance(61);
  await flood("b");
  expect(warnings).toHaveLength(201);
  expect(warnings[100]).toBe("400 more intake files were refused, and not kept");
});

test("files that were taken in before a crash are removed, not taken in again", async () => {
  await writeIntake(folder, ended("one"));
  const [name] = await readdir(folder);
  await intake.look();
  // As if the crash had come before the removal.
  await writeFile(join(folder, name!), `${JSON.stringify(ended("one"))}\n`);
  await restart();
  await intake.look();
  expect((await taken()).map(({ id }) => id)).toEqual(["one"]);
  expect(await readdir(folder)).toEqual([]);
});

test("a file that was not taken in before a crash is taken in after it", async () => {
  await writeIntake(folder, ended("one"));
  await restart();
  await intake.look();
  expect((await taken()).map(({ id }) => id)).toEqual(["one"]);
});

test("a long run is told once as running and completed under the same id; a short one is told once", async () => {
  const job = spawn("sleep", ["60"]);
  const id = await writeIntake(folder, { process: "long", startedAt: at(0), pid: job.pid! });
  await intake.look();
  expect(tracked).toEqual([[id, job.pid]]);
  expect(await taken()).toEqual([]);
  await clock.advance(6);
  await intake.look();
  await intake.look();
  await restart();
  await intake.look();
  await rm(join(base, "open-runs.json"), { force: true });
  await restart();
  await intake.look();
  expect((await taken()).map(({ outcome }) => outcome)).toEqual(["running"]);
  await writeIntake(folder, { ...ended(id), startedAt: at(6), endedAt: at(0) });
  await intake.look();
  expect((await taken()).map(({ id, outcome }) => [id, outcome])).toEqual([
    [id, "running"],
    [id, "ok"],
  ]);
  expect(finished).toEqual([id]);
  expect(await readdir(folder)).toEqual([]);
  job.kill();
});

test("a run whose process has gone without an end is lost, as of when it was last seen", async () => {
  const job = spawn("sleep", ["60"]);
  const startedAt = at(0);
  await writeIntake(folder, { id: "killed", process: "job", startedAt, pid: job.pid! });
  await intake.look();
  await clock.advance(7);
  await intake.look();
  const seen = clock.now();
  job.kill("SIGKILL");
  await once(job, "exit");
  await clock.advance(2);
  await intake.look();
  expect((await taken()).map(({ outcome }) => outcome)).toEqual(["running"]);
  await clock.advance(4);
  await intake.look();
  const lost = (await taken()).at(-1)!;
  expect(lost).toMatchObject({ id: "killed", outcome: "lost" });
  expect(Date.parse(lost.endedAt!)).toBe(Math.floor(seen / 1000));
  expect(await readdir(folder)).toEqual([]);
});

test("a pid that belongs to a later process by now does not keep a run alive", async () => {
  const started = 1_700_000_000;
  await writeFile(join(folder, "aaaaaaaa.start"), `process=job\0pid=${process.pid}\0end\0`);
  await utimes(join(folder, "aaaaaaaa.start"), started, started);
  await intake.look();
  await clock.advance(4);
  await intake.look();
  expect(await taken()).toMatchObject([{ outcome: "lost", endedAt: "2023-11-14T22:13:20.000000Z" }]);
  expect(tracked).toEqual([]);
});

test("thousands of files are taken in by bounded looks", async () => {
  for (let index = 0; index < 1200; index++) await writeIntake(folder, ended(`run-${index}`));
  let looks = 0;
  while (await intake.look()) looks++;
  expect(looks).toBe(2);
  expect(new Set((await taken()).map(({ id }) => id)).size).toBe(1200);
});

test("what many runs wrote makes no batch that a hub refuses for its size", async () => {
  const output = '"\n'.repeat(5000);
  for (let index = 0; index < 300; index++) await writeIntake(folder, { ...ended(`run-${index}`), output });
  while (await intake.look());
  const parts = await spool.nextParts({ memberBytes: 1e9, decodedBytes: 1e9, batches: 1e6 });
  const sizes = parts.flatMap(({ batches }) => batches.map(({ member }) => gunzipSync(member).length));
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThan(4 * 1024 * 1024);
  expect((await taken()).length).toBe(300);
});

test.runIf(isRoot)(
  "of a run that goes on others hear only if its process is its recorder's own",
  async () => {
    for (const key of ["aaaaaaaa", "bbbbbbbb"])
      await writeFile(join(folder, `${key}.start`), `process=job\0pid=${process.pid}\0end\0`);
    await chown(join(folder, "bbbbbbbb.start"), 65_534, 65_534);
    await intake.look();
    expect(heard).toEqual(["aaaaaaaa"]);
  },
);
