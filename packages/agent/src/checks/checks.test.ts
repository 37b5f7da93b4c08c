/** Checks of this very machine: its files, its processes, real plugins. */
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTarget, type AssignedCheck } from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { loadAllowed } from "../control/allowed.ts";
import { initScripts } from "../control/service-manager.ts";
import { FileSystems } from "../file-systems.ts";
import { OsProcessTable } from "../os-processes/os-process-table.ts";
import { systemRoots } from "../roots.ts";
import type { SampleBody } from "../sample-body.ts";
import { Checks } from "./checks.ts";

const plugins = "/usr/lib/nagios/plugins";
let folder: string;
let kept: SampleBody[];
let checks: Checks;
let osProcesses: OsProcessTable;

const open = () =>
  Checks.open({
    dataDir: folder,
    roots: systemRoots,
    fileSystems: new FileSystems({ roots: systemRoots, clock: systemClock }),
    osProcesses,
    allowed: () => loadAllowed(join(folder, "allowed.yaml"), process.getuid!()),
    services: () => initScripts(join(folder, "init.d"), process.getuid!()),
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    keep: (body) => kept.push(body),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-checks-"));
  kept = [];
  osProcesses = new OsProcessTable(systemRoots);
  await writeFile(
    join(folder, "allowed.yaml"),
    `commands:
  disk-root: [${plugins}/check_disk, -w, "1%", -c, "1%", -p, /]
  dummy: [${plugins}/check_dummy, "1", careful]
  long: [/bin/sh, -c, "sleep 60 & sleep 60"]
  loud: [/bin/sh, -c, "yes | head -c 10000000; printf '\\\\0\\\\033]0;title\\\\007'; exit 2"]
probes: [127.0.0.1]
`,
    { mode: 0o644 },
  );
  checks = await open();
});

afterAll(async () => {
  osProcesses.close();
  await rm(folder, { recursive: true });
});

let number = 0;
async function look(target: object, more: Partial<AssignedCheck> = {}) {
  const id = `c_${++number}`;
  const check = {
    id,
    name: id,
    target: checkTarget.parse(target),
    intervalSeconds: 60,
    timeoutSeconds: 5,
    retries: 0,
  };
  await checks.assign([{ ...check, ...more }]);
  return checks.now(id);
}

test("the list of kinds has what the folder has", async () => {
  const files = readdirSync(join(import.meta.dirname, "own-kinds")).filter(
    (name) => !/^(index|own-probe)/.test(name),
  );
  for (const name of files)
    expect(checkTarget.options.map(({ shape }) => `${shape.kind.value}.ts`)).toContain(name);
  expect(files).toHaveLength(6);
});

describe("the machine's own state", () => {
  test("memory, load, disk and processors are told with their numbers", async () => {
    expect(await look({ kind: "memory", warningPercent: 0.1, criticalPercent: 100 })).toMatchObject({
      state: "warning",
      numbers: [{ label: "used", unit: "%" }],
    });
    expect(await look({ kind: "load", warningPerCore: 1000, criticalPerCore: 1000 })).toMatchObject({
      state: "ok",
    });
    const disk = await look({ kind: "disk", warningPercent: 0, criticalPercent: 0 });
    expect(disk).toMatchObject({ state: "critical" });
    expect(await look({ kind: "disk", mountPoint: "/no/such" })).toMatchObject({ state: "unknown" });
    const cpu = await look({ kind: "cpu", warningPercent: 100, criticalPercent: 100 }, { timeoutSeconds: 1 });
    expect(cpu.numbers[0]!.value).toBeGreaterThanOrEqual(0);
    expect(cpu.text).toMatch(/% busy/);
  });

  test("a service is a process of that name where there is no unit", async () => {
    expect(await look({ kind: "service", service: "culprit-none" })).toMatchObject({ state: "unknown" });
    osProcesses.look({ at: systemClock.now(), monotonicSeconds: 1 });
    expect(await look({ kind: "service", service: "culprit-none" })).toMatchObject({ state: "critical" });
    const own = osProcesses.byPid.get(process.pid);
    expect(await look({ kind: "service", service: own!.name })).toMatchObject({ state: "ok" });
  });
});

describe("what the machine's own file allows", () => {
  test.runIf(existsSync(`${plugins}/check_disk`))("plugins run as they are", async () => {
    const disk = await look({ kind: "command", command: "disk-root" });
    expect(disk).toMatchObject({ state: "ok" });
    expect(disk.numbers[0]).toMatchObject({ label: "/", unit: "By" });
    expect(await look({ kind: "command", command: "dummy" })).toMatchObject({
      state: "warning",
      text: "WARNING: careful",
    });
  });

  test("a command that it does not list is not run, nor an address reached", async () => {
    const refused = await look({ kind: "command", command: "toString" });
    expect(refused).toMatchObject({ state: "unknown", text: "the machine's file lists no command toString" });
    const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    const { port } = server.address() as AddressInfo;
    expect(await look({ kind: "tcp", host: "127.0.0.1", port })).toMatchObject({ state: "ok" });
    expect(await look({ kind: "tcp", host: "127.0.0.2", port })).toMatchObject({ state: "unknown" });
    server.close();
  });

  test("one that does not end is ended with all that it started, and is critical", async () => {
    const result = await look({ kind: "command", command: "long" }, { timeoutSeconds: 0.3 });
    expect(result).toMatchObject({ state: "critical" });
    expect(result.durationSeconds).toBeLessThan(3);
  });

  test("what one prints is bounded, and acts on nobody's terminal", async () => {
    const result = await look({ kind: "command", command: "loud" });
    expect(result.state).toBe("critical");
    expect(result.text.length).toBeLessThanOrEqual(2000);
    expect(result.text).not.toMatch(/[\u0000\u0007\u001b]/);
  });
});

test("results are kept as series and with their text; the list survives a restart", async () => {
  kept.length = 0;
  const result = await look({ kind: "memory" }, { name: "memory of this" });
  const [body] = kept;
  expect(body!.series.map(({ metric, attributes }) => [metric, attributes])).toEqual([
    ["culprit.check.state", { check: "memory of this" }],
    ["culprit.check.duration", { check: "memory of this" }],
    ["culprit.check.value", { check: "memory of this", label: "used" }],
  ]);
  expect(body!.checkResults).toMatchObject({ check: [result.checkId], text: [result.text] });
  checks = await open();
  expect(await checks.now(result.checkId)).toMatchObject({ checkId: result.checkId });
  await checks.assign([]);
  await expect(checks.now(result.checkId)).rejects.toThrow("was told of no check");
});
