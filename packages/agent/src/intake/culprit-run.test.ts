/** The recorder in sh, run by real shells, with its files read as the agent reads them. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseInstant } from "@culprit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseFile, rawRecord, rawRecords, recorded } from "../testing/recorded.ts";
import { parseIntakeName } from "./file-names.ts";

const recorder = join(import.meta.dirname, "../../../cli/sh/culprit-run");
const isRoot = process.getuid?.() === 0;

let base: string;
let folder: string;
let mounted: boolean;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "culprit-run-"));
  folder = join(base, "intake");
  mounted = false;
  await mkdir(folder);
  await chmod(folder, 0o1777);
});

afterEach(async () => {
  if (mounted) execFileSync("umount", ["-l", folder]);
  await rm(base, { recursive: true, force: true });
});

/** `env`: as /bin/sh does on Debian; `bash`: where there is no env that gives signals back; `plain`: where there is no bash. */
const shells = {
  env: {},
  bash: { CULPRIT_RUN_BY: "bash" },
  plain: { CULPRIT_RUN_BY: "sh" },
};

describe.each(Object.entries(shells))("culprit-run by %s", (shell, environment) => {
  const options = () => ({ env: { ...process.env, ...environment, CULPRIT_INTAKE: folder } });
  const run = (args: string[], input = "") =>
    spawnSync("dash", [recorder, ...args], { ...options(), input, encoding: "utf8" });
  const start = (args: string[]) =>
    spawn("dash", [recorder, ...args], { ...options(), stdio: ["ignore", "pipe", "inherit"] });

  test.each([
    ["true", [], 0],
    ["sh", ["-c", "exit 3"], 3],
    ["no-such-command-here", [], 127],
    ["/tmp", [], 126],
    ["sh", ["-c", "kill -9 $$"], 137],
    ["sh", ["-c", "kill -TERM $$"], 143],
  ])("%s %j ends with the status that it has without it", async (job, args, status) => {
    expect(run(["--", job, ...args]).status).toBe(status);
    expect((await recorded(folder)).exitCode).toBe(status);
  });

  test("input, output and errors of the job are its own", () => {
    const { stdout, stderr } = run(["sh", "-c", "cat; echo problem >&2; kill -9 $$"], "through\n");
    expect([stdout, stderr]).toEqual(["through\n", "problem\n"]);
  });

  test("names with quotes, line breaks and options that are not its own arrive as they are", async () => {
    const name = "a \"b\" 'c'\n$(d) \\e % =";
    run(["--name", name, "--step=s;1", "--kind", "cron", "--id", "my/id", "--", "echo", "--name", "x"]);
    expect(await rawRecord(folder)).toMatchObject({ process: name, step: "s;1", kind: "cron", id: "my/id" });
  });

  test("without a name the command's own is taken; steps inside know their run", async () => {
    run(["--name", "outer", "--", recorder, "--step", "inner", "--", "/bin/true"]);
    const runs = await rawRecords(folder);
    const outer = [...runs].find(([, { step }]) => step === undefined)!;
    const inner = [...runs].find(([, { step }]) => step === "inner")!;
    expect(inner[1]).toMatchObject({ process: "outer", parentId: outer[0] });
    await rm(folder, { recursive: true });
    await mkdir(folder);
    run(["/bin/true"]);
    expect((await rawRecord(folder))["process"]).toBe("true");
  });

  test("start, end, time of the processor and bytes are told", async () => {
    const busy = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
    const before = Date.now() * 1000;
    run(["dash", "-c", `${busy}; sleep 0.3`]);
    const { startedAt, endedAt, cpuSeconds, ioWriteBytes, outcome } = await recorded(folder);
    const [from, to] = [parseInstant(startedAt)!, parseInstant(endedAt!)!];
    expect(from).toBeGreaterThan(before - 10_000);
    expect((to - from) / 1e6).toBeGreaterThanOrEqual(0.29);
    expect(cpuSeconds).toBeGreaterThan(0.02);
    expect(ioWriteBytes).toBeGreaterThanOrEqual(0);
    expect(outcome).toBe("ok");
  });

  test.each(
    shell === "plain"
      ? (["SIGTERM", "SIGHUP"] as const)
      : (["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"] as const),
  )("%s is passed on to the job, which may take its time", async (signal) => {
    const trapped = `trap 'sleep 0.2; exit 7' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const child = start(["sh", "-c", trapped]);
    await once(child.stdout, "data");
    child.kill(signal);
    const [status] = await once(child, "exit");
    expect(status).toBe(7);
    expect((await recorded(folder)).exitCode).toBe(7);
  });

  test("a job that a signal to all ends at once has that signal's status", async () => {
    for (let time = 0; time < 12; time++) {
      const child = spawn("dash", [recorder, "--", "sh", "-c", "echo ready; exec sleep 60"], {
        ...options(),
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      process.kill(-child.pid!, "SIGTERM");
      expect(await once(child, "exit")).toEqual([143, null]);
    }
  });

  test("Ctrl-C at a terminal reaches the job, which may take its time, too", async () => {
    const reached = join(base, `interrupted by ${shell}`);
    const job = `trap ': >"$1"' INT; echo ready; sleep 2; sleep 0.2; exit 7`;
    // exec: a shell that stayed would be interrupted itself, and tell that as the status.
    const line = `exec dash ${recorder} -- sh -c '${job.replaceAll("'", `'"'"'`)}' sh '${reached}'`;
    const child = spawn("script", ["-qec", line, "/dev/null"], { ...options(), stdio: "pipe" });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => {
      const before = output;
      output += bytes.toString();
      // Once: it makes the terminal forget what it has still to show.
      if (output.includes("ready") && !before.includes("ready")) child.stdin.write("\x03");
    });
    const [status] = await once(child, "exit");
    expect(existsSync(reached)).toBe(true);
    expect(status).toBe(7);
    expect((await recorded(folder)).exitCode).toBe(7);
  });

  /** Of SIGINT and SIGQUIT, in a job that is started by a shell that ignores the one given. */
  const ignored = (before: string): string[] => {
    const look = `${before} exec dash "$0" grep SigIgn /proc/self/status`;
    const { stdout } = spawnSync("dash", ["-c", look, recorder], { ...options(), encoding: "utf8" });
    const signals = Number.parseInt(stdout.split(":")[1]!.trim(), 16);
    return Object.entries({ INT: 2, QUIT: 4 }).flatMap(([name, bit]) => (signals & bit ? [name] : []));
  };

  test("the job's own SIGINT and SIGQUIT are as they were, and ignored only where there is no bash", () => {
    const always = ["INT", "QUIT"];
    expect(ignored("")).toEqual(shell === "plain" ? always : []);
    expect(ignored("trap '' INT;")).toEqual(shell === "plain" ? always : ["INT"]);
    expect(ignored("trap '' QUIT;")).toEqual(shell === "plain" ? always : ["QUIT"]);
    expect(ignored("trap '' INT QUIT;")).toEqual(always);
  });

  test("a program whose path looks like a variable is still a program", async () => {
    const program = join(base, "a=b");
    await writeFile(program, '#!/bin/sh\necho "$#|$1|$2"; exit 4\n', { mode: 0o755 });
    expect(run([program, "x y", ""])).toMatchObject({ stdout: "2|x y|\n", stderr: "", status: 4 });
    expect((await rawRecord(folder))["process"]).toBe("a=b");
  });

  test("a recorder killed with -9 leaves a start without a whole end", async () => {
    const child = start(["sleep", "5"]);
    const isWhole = (name: string) => "run" in parseFile(join(folder, name));
    while (!(await readdir(folder)).some(isWhole)) await sleep(5);
    child.kill("SIGKILL");
    await once(child, "exit");
    const names = await readdir(folder);
    expect(names.map((name) => parseIntakeName(name)!.part)).toEqual(["start"]);
  });

  test("nobody who watches the folder learns the name of an end before it is there, to put a link at it", () => {
    const { stdout } = run(["sh", "-c", `cat ${folder}/*; ls ${folder}`]);
    const [start] = /[\w-]+\.start/.exec(stdout)!;
    const end = readdirSync(folder).find((name) => name.endsWith(".end"))!;
    const secret = end.slice(end.indexOf(".") + 1, -".end".length);
    expect(start.slice(0, -".start".length)).toBe(end.slice(0, end.indexOf(".")));
    expect(secret.length).toBeGreaterThanOrEqual(12);
    expect(stdout).not.toContain(secret);
  });

  const isHarmless = async () => {
    const result = run(["--name", "n", "sh", "-c", "echo out; echo err >&2; exit 5"]);
    const left = await readdir(folder).catch(() => []);
    return [result.stdout, result.stderr, result.status, left];
  };

  test("a missing folder does not change the job", async () => {
    await rm(folder, { recursive: true });
    expect(await isHarmless()).toEqual(["out\n", "err\n", 5, []]);
  });

  test("a folder that is a file does not change the job", async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, "");
    expect(await isHarmless()).toEqual(["out\n", "err\n", 5, []]);
  });

  test.skipIf(!isRoot)("a full disk does not change the job, and leaves nothing behind", async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
    mounted = true;
    spawnSync("dd", ["if=/dev/zero", `of=${folder}/filler`, "bs=4k"], { stdio: "ignore" });
    expect(await isHarmless()).toEqual(["out\n", "err\n", 5, ["filler"]]);
  });

  test.skipIf(!isRoot)("a read-only folder does not change the job", async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", folder]);
    mounted = true;
    expect(await isHarmless()).toEqual(["out\n", "err\n", 5, []]);
  });

  test("wrong options say how it is used and end with 2", () => {
    for (const args of [[], ["--nonsense", "true"], ["--name"], ["--kind", "nonsense", "true"]])
      expect(run(args)).toMatchObject({ status: 2, stderr: expect.stringContaining("usage: culprit-run") });
  });
});
