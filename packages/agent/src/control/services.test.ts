/** What the hub can have done to services of a machine: a real Apache by its init script, refusals, the helper. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Allowed, ServiceOutcome } from "@culprit/protocol";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askHelper } from "./culprit-control.ts";
import { controlRequests } from "./requests.ts";
import { initScripts, systemd } from "./service-manager.ts";

let base: string;
let allowedPath: string;
const owner = process.getuid!();
const isRoot = owner === 0;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "culprit-services-"));
  await chmod(base, 0o755);
  allowedPath = join(base, "allowed.yaml");
});
afterAll(() => rm(base, { recursive: true }));
beforeEach(() =>
  allow(`services: { apache2: [start, stop, restart], httpd: { unit: apache2, verbs: [restart] } }`),
);

const allow = (text: string) => writeFile(allowedPath, `${text}\n`);

function requestsWith(folder: string) {
  const manager = initScripts(folder, owner);
  const requests = controlRequests({ allowedPath, owner, manager });
  const perform = async (name: string, args?: object) => (await requests[name]!.prepare(args)!()).result;
  return {
    requests,
    control: (unit: string, verb: string) => perform("service", { unit, verb }) as Promise<ServiceOutcome>,
    allowed: () => perform("allowed") as Promise<Allowed>,
  };
}

describe.runIf(isRoot)("init scripts", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(base, "init-"));
    await chmod(folder, 0o755);
  });
  const script = (name: string, text: string) =>
    writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

  test("one thing at a time is done to a unit, whatever its names", async () => {
    await script(
      "apache2",
      `[ "$1" = status ] && exit 3; : > ${join(base, "begun")}; read line < ${join(base, "fifo")}; echo "$1"`,
    );
    const { control } = requestsWith(folder);
    await new Promise((resolve) => spawn("mkfifo", [join(base, "fifo")]).on("exit", resolve));
    const first = control("apache2", "stop");
    await expect.poll(() => existsSync(join(base, "begun"))).toBe(true);
    await expect(control("httpd", "restart")).rejects.toMatchObject({ code: "busy" });
    await writeFile(join(base, "fifo"), "go on\n");
    expect(await first).toMatchObject({ ok: true, output: "stop\n", state: "stopped" });
  });

  test("a script that fails, is missing, or that others could write is told as such", async () => {
    await script("apache2", `[ "$1" = status ] && exit 1; echo "no way" >&2; exit 7`);
    const { control, requests } = requestsWith(folder);
    expect(await control("apache2", "start")).toMatchObject({
      ok: false,
      exitCode: 7,
      state: "failed",
      output: "no way\n",
    });
    expect(await requests["service"]!.prepare({ unit: "apache2", verb: "start" })!()).toMatchObject({
      failed: true,
      detail: "exit status 7, now failed",
    });
    await chmod(join(folder, "apache2"), 0o777);
    await expect(control("apache2", "start")).rejects.toThrow("can be written by others");
    await rm(join(folder, "apache2"));
    await expect(control("apache2", "start")).rejects.toThrow("no service apache2");
  });

  test("for its state none is run that does not know the question, or that others could write", async () => {
    const traces = (name: string) => join(folder, `${name}.ran`);
    await script("rcS", `: > ${traces("rcS")}; exec /bin/true`);
    await script("theirs", `: > ${traces("theirs")}; case "$1" in status) exit 0 ;; esac`);
    await script("good", `: > ${traces("good")}; case "$1" in status) exit 0 ;; esac`);
    await script("before", `exec ${join(folder, "good")} "$@"`);
    await chmod(join(folder, "theirs"), 0o777);
    const manager = initScripts(folder, owner);
    expect(await manager.states(["rcS", "theirs", "good", "before", "none"])).toEqual([
      "unknown",
      "unknown",
      "running",
      "running",
      "unknown",
    ]);
    expect(["rcS", "theirs", "good"].filter((name) => existsSync(traces(name)))).toEqual(["good"]);
  });
});

describe("systemd", () => {
  test("is told what to do by absolute path and without a shell, and its words are understood", async () => {
    const program = join(base, "systemctl");
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' active inactive failed activating\nexit 3\n`, {
      mode: 0o755,
    });
    const manager = systemd(program);
    expect(await manager.states(["a", "b", "c", "d", "e"])).toEqual([
      "running",
      "stopped",
      "failed",
      "unknown",
      "unknown",
    ]);
    const real = systemd();
    if (!existsSync("/usr/bin/systemctl")) return;
    const [path, ...args] = await real.command("apache2", "restart");
    expect(path).toMatch(/^\/(usr\/)?bin\/systemctl$/);
    expect(args).toEqual(["--no-ask-password", "--no-pager", "restart", "--", "apache2"]);
  });
});

describe("the privileged helper", () => {
  let program: string;
  beforeAll(async () => {
    program = join(base, "helper.mjs");
    await build({
      entryPoints: [join(import.meta.dirname, "culprit-control-main.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      conditions: ["development"],
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
  });

  /** Runs the helper as systemd does for a connection to its socket. */
  function ask(input: string): Promise<string> {
    const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "ignore"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    return new Promise((resolve) => {
      child.on("close", () => resolve(text));
    });
  }

  test("believes nobody: it reads the machine's own file, and knows orders alone", async () => {
    const orders = [
      '{"unit":"no-such-unit-in-any-file","verb":"stop"}\n',
      '{"unit":"apache2","verb":"stop","allowed":"/tmp/allowed.yaml"}\n',
      '{"unit":"../../x","verb":"stop"}\n',
      "x".repeat(5000),
      "",
    ];
    const answers = await Promise.all(orders.map(ask));
    expect(answers.map((text) => (JSON.parse(text) as { refusal: { code: string } }).refusal.code)).toEqual([
      "not-allowed",
      "bad-arguments",
      "bad-arguments",
      "bad-arguments",
      "bad-arguments",
    ]);
  });

  test("is asked over its socket; a refusal, nonsense and silence are told as such", async () => {
    const socket = join(base, "helper.sock");
    const outcome = {
      unit: "a",
      verb: "stop",
      ok: true,
      exitCode: 0,
      state: "stopped",
      durationSeconds: 1,
      output: "",
    };
    let reply = JSON.stringify({ done: true, outcome });
    const received: string[] = [];
    const server: Server = createServer({ allowHalfOpen: true }, (connection) => {
      connection.on("data", (chunk) => received.push(String(chunk)));
      connection.on("end", () => connection.end(reply));
    });
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
    const ways = { socket, sudo: "/no/sudo", program: "/no/program" };
    const order = { unit: "a", verb: "stop" } as const;
    expect(await askHelper(order, ways)).toEqual(outcome);
    expect(received).toEqual(['{"unit":"a","verb":"stop"}\n']);
    reply = JSON.stringify({ done: false, refusal: { code: "not-allowed", detail: "no" } });
    await expect(askHelper(order, ways)).rejects.toMatchObject({ code: "not-allowed", message: "no" });
    reply = "nonsense";
    await expect(askHelper(order, ways)).rejects.toMatchObject({ code: "failed" });
    reply = "";
    await expect(askHelper(order, ways)).rejects.toMatchObject({ code: "failed" });
    server.close();
    await expect(askHelper(order, { ...ways, socket: "/no/socket" })).rejects.toMatchObject({
      code: "not-allowed",
    });
    expect(await readFile(allowedPath, "utf8")).toContain("apache2");
  });
});
