/** The end of a job's output, recorded on request: what the job writes must arrive as without it. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { appendFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rawRecord, rawRecords, recorded } from "../testing/recorded.ts";

const recorder = join(import.meta.dirname, "../../../cli/sh/culprit-run");
const isRoot = process.getuid?.() === 0;

let base: string;
let folder: string;
let temporary: string;
let mounted: string[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "culprit-capture-"));
  folder = join(base, "intake");
  temporary = join(base, "tmp");
  mounted = [];
  await mkdir(folder);
  await mkdir(temporary);
});
afterEach(async () => {
  for (const place of mounted) execFileSync("umount", ["-l", place]);
  await rm(base, { recursive: true, force: true });
});

describe.each([
  ["env", {}],
  ["bash", { CULPRIT_RUN_BY: "bash" }],
  ["plain", { CULPRIT_RUN_BY: "sh" }],
])("culprit-run --capture by %s", (_, environment) => {
  const options = () => ({
    env: { ...process.env, ...environment, CULPRIT_INTAKE: folder, TMPDIR: temporary },
  });
  const run = (job: string, ...parameters: string[]) =>
    spawnSync(recorder, ["--capture", "--name", "n", "--", "sh", "-c", job, "sh", ...parameters], {
      ...options(),
      maxBuffer: 1e9,
    });
  const start = (job: string): ChildProcess =>
    spawn(recorder, ["--capture", "--", "sh", "-c", job], {
      ...options(),
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own.
      detached: true,
    });

  test("both streams arrive apart, and their ends are told with the run", async () => {
    const { stdout, stderr, status } = run("echo out; echo err >&2; echo out again; exit 3");
    expect([stdout.toString(), stderr.toString(), status]).toEqual(["out\nout again\n", "err\n", 3]);
    expect(await recorded(folder)).toMatchObject({ exitCode: 3, output: "out\nout again\nerr" });
    expect(await readdir(temporary)).toEqual([]);
  });

  test("every byte arrives, and the last 10 kB are told", async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 256));
    await writeFile(join(base, "bytes"), bytes);
    expect(
      run(`cat ${base}/bytes; printf 'the end'`).stdout.equals(
        Buffer.concat([bytes, Buffer.from("the end")]),
      ),
    ).toBe(true);
    const { output } = await recorded(folder);
    expect(output).toMatch(/the end$/);
    expect(Buffer.byteLength(output!)).toBeLessThanOrEqual(10_240);
    expect(Buffer.byteLength(output!)).toBeGreaterThan(10_000);
  });

  test("a folder for temporary files with any name is as good as another", async () => {
    temporary = join(base, `it's a "tmp" $(exit) \`x\``);
    await mkdir(temporary);
    const { stdout, stderr, status } = run("echo out; echo err >&2; exit 3");
    expect([stdout.toString(), stderr.toString(), status]).toEqual(["out\n", "err\n", 3]);
    expect(await recorded(folder)).toMatchObject({ exitCode: 3, output: "out\nerr" });
    expect(await readdir(temporary)).toEqual([]);
  });

  test("what is written is there at once, not at the end", async () => {
    const child = start("printf first; printf second >&2; sleep 5");
    const [[first], [second]] = await Promise.all([once(child.stdout!, "data"), once(child.stderr!, "data")]);
    expect([String(first), String(second), child.exitCode]).toEqual(["first", "second", null]);
    child.kill();
    await once(child, "exit");
  });

  test("two streams that go to the same place stay in order", async () => {
    const lines = "i=0; while [ $i -lt 200 ]; do echo out $i; echo err $i >&2; i=$((i + 1)); done";
    const { stdout } = spawnSync("sh", ["-c", `${recorder} --capture -- sh -c '${lines}' 2>&1`], options());
    const expected = Array.from({ length: 200 }, (_, index) => `out ${index}\nerr ${index}\n`).join("");
    expect(stdout.toString()).toBe(expected);
    expect((await recorded(folder)).output).toBe(expected.trimEnd());
  });

  test("into a file it writes itself, and only what it added is told", async () => {
    const log = join(base, "log");
    await writeFile(log, "before\n");
    const file = openSync(log, "a");
    const job = "ls -l /proc/self/fd/1; echo err >&2; kill -9 $$";
    spawnSync(recorder, ["--capture", "--", "sh", "-c", job], {
      ...options(),
      stdio: ["ignore", file, file],
    });
    closeSync(file);
    await appendFile(log, "after\n");
    const [, ...rest] = readFileSync(log, "utf8").split("\n");
    expect(rest.slice(1)).toEqual(["err", "after", ""]);
    expect(rest[0]).toMatch(new RegExp(`-> ${log}$`));
    expect(await recorded(folder)).toMatchObject({ exitCode: 137, output: `${rest[0]}\nerr` });
  });

  test("a terminal stays a terminal, of which nothing is told", async () => {
    const command = `${recorder} --capture -- sh -c "test -t 1 && echo terminal; echo err >&2" 2>${base}/err`;
    const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], options());
    expect(stdout.toString()).toContain("terminal");
    expect((await recorded(folder)).output).toBe("err");
  });

  test("a killed job's last words are told", async () => {
    expect(run("echo last words; kill -9 $$")).toMatchObject({ status: 137 });
    expect(await recorded(folder)).toMatchObject({ exitCode: 137, output: "last words" });
  });

  test("a signal reaches the job, and what it says then arrives", async () => {
    const job =
      "trap 'trap \"\" TERM; sleep 0.2; echo bye; exit 7' TERM; echo ready; while :; do sleep 0.02; done";
    const child = start(job);
    const output: Buffer[] = [];
    child.stdout!.on("data", (chunk: Buffer) => output.push(chunk));
    await once(child.stdout!, "data");
    // To all that the recorder has started, as systemd and `timeout` do: passed on, it comes a second time.
    process.kill(-child.pid!, "SIGTERM");
    expect(await once(child, "close")).toEqual([7, null]);
    expect(Buffer.concat(output).toString()).toBe("ready\nbye\n");
  });

  test("a reader that has gone ends the job, as without it", () => {
    const { stdout, status } = spawnSync(
      "bash",
      [
        "-c",
        `timeout 10 ${recorder} --capture -- sh -c 'while echo line; do :; done' | head -n 2; exit \${PIPESTATUS[0]}`,
      ],
      options(),
    );
    expect(stdout.toString()).toBe("line\nline\n");
    expect(status).toBe(141);
  });

  test("what the job leaves behind may go on writing, and is not waited for", async () => {
    const before = Date.now();
    const child = start("(sleep 3.5; echo late) & echo begun");
    const output: Buffer[] = [];
    child.stdout!.on("data", (chunk: Buffer) => output.push(chunk));
    await once(child, "exit");
    expect(Date.now() - before).toBeLessThan(3000);
    expect((await rawRecord(folder))["output"]).toBeUndefined();
    await once(child, "close");
    expect(Buffer.concat(output).toString()).toBe("begun\nlate\n");
    await vi.waitFor(async () => expect(await readdir(temporary)).toEqual([]));
  });

  test("a killed recorder leaves the job its output, and nothing else behind", async () => {
    const child = start("echo begun; sleep 0.7; echo ended");
    const output: Buffer[] = [];
    child.stdout!.on("data", (chunk: Buffer) => output.push(chunk));
    await once(child.stdout!, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(Buffer.concat(output).toString()).toBe("begun\nended\n");
    await vi.waitFor(async () => expect(await readdir(temporary)).toEqual([]));
  });

  /** A disk on which nothing has room, in place of this folder. */
  function fill(place: string): void {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", place]);
    mounted.push(place);
    spawnSync("dd", ["if=/dev/zero", `of=${place}/filler`, "bs=4k"], { stdio: "ignore" });
  }
  const isAsAlways = () => {
    const { stdout, stderr, status } = run("echo out; echo err >&2; exit 5");
    expect([stdout.toString(), stderr.toString(), status]).toEqual(["out\n", "err\n", 5]);
  };

  test.skipIf(!isRoot)(
    "without room for temporary files the job runs and is recorded as always",
    async () => {
      fill(temporary);
      isAsAlways();
      expect(await readdir(temporary)).toEqual(["filler"]);
      expect(await recorded(folder)).toMatchObject({ exitCode: 5 });
    },
  );

  test.skipIf(!isRoot)("without room for records the job runs as always, and leaves nothing", async () => {
    fill(folder);
    isAsAlways();
    expect(await readdir(folder)).toEqual(["filler"]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test("without tee the job runs and is recorded, and its output is not", async () => {
    const programs = join(base, "bin");
    await mkdir(programs);
    for (const name of ["sh", "bash", "echo", "mktemp", "mkfifo", "tail", "rm"])
      execFileSync("ln", ["-s", `/bin/${name}`, join(programs, name)]);
    const env = { ...options().env, PATH: programs };
    const { stdout } = spawnSync(recorder, ["--capture", "--", "sh", "-c", "echo out"], { env });
    expect(stdout.toString()).toBe("out\n");
    expect(await rawRecord(folder)).toMatchObject({ exitCode: 0 });
    expect((await rawRecord(folder))["output"]).toBeUndefined();
  });
});

test("what captures is found behind a link, and a recorder that was copied alone records without it", async () => {
  const [linked, alone] = [join(base, "linked"), join(base, "alone")];
  await symlink(recorder, linked);
  await cp(recorder, alone);
  const env = { ...process.env, CULPRIT_INTAKE: folder };
  for (const each of [linked, alone]) {
    const { stdout, stderr } = spawnSync(each, ["--capture", "--name", each, "--", "echo", "out"], { env });
    expect([stdout.toString(), stderr.toString()]).toEqual(["out\n", ""]);
  }
  const outputs = [...(await rawRecords(folder)).values()].map(({ process, output }) => [process, output]);
  expect(outputs).toHaveLength(2);
  expect(outputs).toEqual(
    expect.arrayContaining([
      [linked, "out"],
      [alone, undefined],
    ]),
  );
});

test("CULPRIT_CAPTURE=1 asks for it, too", async () => {
  const env = { ...process.env, CULPRIT_INTAKE: folder, CULPRIT_CAPTURE: "1" };
  spawnSync(recorder, ["--", "echo", "out"], { env });
  expect((await recorded(folder)).output).toBe("out");
});
