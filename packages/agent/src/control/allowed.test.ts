import { chmod, chown, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadAllowed } from "./allowed.ts";
import { checkTrustedProgram } from "./trusted-path.ts";

let base: string;
let path: string;
const owner = process.getuid!();

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "culprit-allowed-"));
});
beforeEach(async () => {
  await rm(base, { recursive: true });
  await mkdir(join(base, "culprit"), { recursive: true, mode: 0o755 });
  path = join(base, "culprit/allowed.yaml");
});
afterAll(() => rm(base, { recursive: true }));

const write = (text: string) => writeFile(path, text, { mode: 0o644 });

const example = `
services:
  apache2: [start, stop, restart]
  httpd: { unit: apache2, verbs: [restart] }
commands:
  disk-root: [/usr/lib/nagios/plugins/check_disk, -w, "10%", -p, /]
benchmarks: [cpu-integer, disk-write]
probes: [127.0.0.1, "*.example.org", 10.0.0.0/8, "fd00::/8", Intranet]
`;

test("it tells what the machine allows, by name", async () => {
  await write(example);
  const allowed = await loadAllowed(path, owner);
  expect(allowed.problem).toBeNull();
  expect(Object.fromEntries(allowed.services)).toEqual({
    apache2: { unit: "apache2", verbs: ["start", "stop", "restart"] },
    httpd: { unit: "apache2", verbs: ["restart"] },
  });
  expect(allowed.commands.get("disk-root")).toEqual([
    "/usr/lib/nagios/plugins/check_disk",
    "-w",
    "10%",
    "-p",
    "/",
  ]);
  expect([...allowed.benchmarks]).toEqual(["cpu-integer", "disk-write"]);
  expect(allowed.services.get("constructor")).toBeUndefined();
});

test.each([
  ["127.0.0.1", "127.0.0.1", true],
  ["localhost", "127.0.0.1", true],
  ["localhost", "::ffff:127.0.0.1", true],
  ["127.0.0.2", "127.0.0.2", false],
  ["anything.test", "10.255.3.4", true],
  ["anything.test", "11.0.0.1", false],
  ["www.example.org", "192.0.2.1", true],
  ["WWW.Example.Org.", "192.0.2.1", true],
  ["example.org", "192.0.2.1", false],
  ["evilexample.org", "192.0.2.1", false],
  ["www.example.org.test", "192.0.2.1", false],
  ["intranet", "192.0.2.1", true],
  ["v6.test", "fd12::1", true],
  ["v6.test", "[fd12::1]", true],
  ["v6.test", "fe80::1%eth0", false],
  ["v6.test", "nonsense", false],
])("a check of %s at %s may go there: %s", async (host, address, may) => {
  await write(example);
  expect((await loadAllowed(path, owner)).mayProbe(host, address)).toBe(may);
});

test("an empty file allows nothing and is fine; all benchmarks have a word", async () => {
  await write("");
  expect(await loadAllowed(path, owner)).toMatchObject({ problem: null, probes: [] });
  await write("benchmarks: all");
  expect((await loadAllowed(path, owner)).benchmarks.size).toBe(9);
});

const many = (line: (index: number) => string) =>
  Array.from({ length: 201 }, (_, index) => line(index)).join(", ");

test.each([
  ["no YAML", "services: [", "allowed-no-yaml", undefined],
  ["a list", "- apache2", "allowed-mistake", undefined],
  ["a key that is not known", "servces: { apache2: [stop] }", "allowed-key-unknown", undefined],
  ["a verb that is not known", "services: { apache2: [mask] }", "allowed-service", "services.apache2"],
  ["a path as unit", "services: { ../../x: [stop] }", "allowed-unit", "services.../../x"],
  [
    "an option as unit",
    'services: { httpd: { unit: "-H", verbs: [stop] } }',
    "allowed-unit",
    "services.httpd.unit",
  ],
  ["a key twice", "services: { a: [stop], a: [start] }", "allowed-no-yaml", undefined],
  ["a name with a space", 'commands: { "x y": [/bin/true] }', "allowed-name", "commands.x y"],
  ["a relative command", "commands: { x: [check_disk] }", "allowed-program", "commands.x.0"],
  ["a command that climbs", "commands: { x: [/usr/lib/../../tmp/x] }", "allowed-program", "commands.x.0"],
  ["a command without a program", "commands: { x: [] }", "allowed-program", "commands.x.0"],
  ["a NUL character", 'commands: { x: [/bin/true, "a\\0b"] }', "allowed-nul", "commands.x.1"],
  ["a benchmark that is not known", "benchmarks: [gpu]", "allowed-benchmark", "benchmarks"],
  ["a network of too many bits", "probes: [10.0.0.0/33]", "allowed-target", "probes.0"],
  ["any host", 'probes: ["*"]', "allowed-target", "probes.0"],
  ["too many services", `services: { ${many((at) => `s${at}: [stop]`)} }`, "allowed-too-many", "services"],
  ["too many targets", `probes: [${many((at) => `h${at}`)}]`, "allowed-too-many", "probes"],
  ["more than a file of this kind holds", `# ${"x".repeat(70_000)}`, "file-too-large", undefined],
])("%s in one place and the whole file allows nothing, and says why", async (_, text, code, place) => {
  await write(`${text}\n`);
  const allowed = await loadAllowed(path, owner);
  expect(allowed.problem?.code).toMatch(/wrong|unsafe/);
  const { finding } = allowed.problem!.said;
  expect([finding.code, finding.values["file"], finding.values["place"]]).toEqual([code, path, place]);
  expect(
    allowed.services.size + allowed.commands.size + allowed.benchmarks.size + allowed.probes.length,
  ).toBe(0);
});

test("a file that is missing, or that others could have written, allows nothing and says why", async () => {
  const problem = async () => (await loadAllowed(path, owner)).problem;
  expect(await problem()).toMatchObject({ code: "missing" });
  await write(example);
  await chmod(path, 0o664);
  expect(await problem()).toMatchObject({
    code: "unsafe",
    said: { text: `${path} can be written by others than its owner` },
  });
  await chmod(path, 0o644);
  expect(await problem()).toBeNull();
  await chmod(base, 0o777);
  expect(await problem()).toMatchObject({
    code: "unsafe",
    said: { text: `${base} can be written by others than its owner` },
  });
  await chmod(base, 0o1777);
  expect(await problem()).toBeNull();
  await symlink(path, `${path}.link`);
  expect((await loadAllowed(`${path}.link`, owner)).problem).toMatchObject({ code: "unsafe" });
  await symlink(join(base, "culprit"), join(base, "elsewhere"));
  expect((await loadAllowed(join(base, "elsewhere/allowed.yaml"), owner)).problem).toMatchObject({
    code: "unsafe",
  });
  expect((await loadAllowed(join(base, "culprit"), owner)).problem).toMatchObject({ code: "unsafe" });
});

test.runIf(owner === 0)("a file or a folder of another user allows nothing", async () => {
  await write(example);
  await chown(path, 1000, 1000);
  expect((await loadAllowed(path)).problem).toMatchObject({
    said: { finding: { code: "owner-not-root", values: { file: path, user: 1000 } } },
  });
  await chown(path, 0, 0);
  await chown(join(base, "culprit"), 1000, 1000);
  expect((await loadAllowed(path)).problem).toMatchObject({ code: "unsafe" });
});

test("a program that somebody could replace is not trusted", async () => {
  const program = join(base, "init");
  await writeFile(program, "#!/bin/sh\n", { mode: 0o755 });
  await checkTrustedProgram(program, owner);
  await chmod(program, 0o777);
  await expect(checkTrustedProgram(program, owner)).rejects.toThrow("can be written");
  expect((await lstat(program)).mode & 0o777).toBe(0o777);
});
