import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plainEnvironment, runProgram } from "./run-program.ts";

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "culprit-run-program-"));
});
afterAll(() => rmSync(base, { recursive: true }));

const sh = (script: string, timeoutSeconds = 20) => runProgram("/bin/sh", ["-c", script], { timeoutSeconds });

test("nothing of the agent's own environment reaches a program, and it runs at the root", async () => {
  process.env["CULPRIT_TOKEN"] = "secret";
  const { stdout } = await runProgram("/usr/bin/env", [], { timeoutSeconds: 20 });
  delete process.env["CULPRIT_TOKEN"];
  expect(stdout.trim().split("\n").toSorted()).toEqual(
    Object.entries(plainEnvironment)
      .map(([name, value]) => `${name}=${value}`)
      .toSorted(),
  );
  expect((await sh("pwd")).stdout).toBe("/\n");
});

test("the end of what it wrote is kept, as plain text", async () => {
  const end = await sh("echo first; seq 1 20000; printf '\\033[31mlast\\033[0m' >&2; exit 3");
  expect(end).toMatchObject({ exitCode: 3, timedOut: false });
  expect(end.stdout).toMatch(/^first/);
  expect(end.output).toMatch(/20000\nlast$/);
  expect(end.output.length).toBeLessThanOrEqual(10_240);
});

test("past its time the whole process group is ended, also one that does not listen", async () => {
  const pidFile = join(base, "child");
  const begun = performance.now();
  const end = await sh(
    `trap '' TERM; (trap '' TERM; echo $$; exec sleep 60) & echo $! > ${pidFile}; sleep 60`,
    0.3,
  );
  expect(end).toMatchObject({ exitCode: null, timedOut: true });
  expect(performance.now() - begun).toBeLessThan(10_000);
  const child = Number(readFileSync(pidFile, "utf8"));
  const state = () => {
    try {
      return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${child}/status`, "utf8"))?.[1];
    } catch {
      return "gone";
    }
  };
  await expect.poll(state).toMatch(/gone|Z/);
});

test("a service that keeps its script's outputs open keeps nobody waiting", async () => {
  const begun = performance.now();
  const end = await sh("sleep 30 & echo $!; exit 0");
  process.kill(Number(end.stdout));
  expect(end.exitCode).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test("what is not there can't be run", async () => {
  await expect(runProgram("/no/such/program", [], { timeoutSeconds: 1 })).rejects.toThrow("ENOENT");
});

test("who no longer waits ends it before its time", async () => {
  const stopping = new AbortController();
  const end = runProgram("/bin/sleep", ["60"], { timeoutSeconds: 60, signal: stopping.signal });
  stopping.abort();
  expect(await end).toMatchObject({ exitCode: null, timedOut: true });
  const late = runProgram("/bin/sleep", ["60"], { timeoutSeconds: 60, signal: stopping.signal });
  expect(await late).toMatchObject({ exitCode: null, timedOut: true });
});
