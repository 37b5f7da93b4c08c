/** The pasted line as a machine runs it: the served script by real dash, against a hub that listens. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeEnrollmentToken } from "../fleet/enrollment-tokens.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { hubVersion } from "../version.ts";

let tested: HubUnderTest;
let hub: string;
let base: string;
let prefix: string;

/** Stands where the agent stands: the hub's side must not wait for its build, which has tests of its own. */
const agent = `
import { mkdirSync, writeFileSync, readFileSync } from "node:fs";
const said = (key) => new RegExp("^" + key + ': "(.*)"$', "m").exec(readFileSync(process.env.CULPRIT_CONFIG, "utf8"))?.[1];
if (process.argv[2] === "--version") console.log("${hubVersion}");
if (process.argv[2] === "enroll") {
  const list = /^labels: (.*)$/m.exec(readFileSync(process.env.CULPRIT_CONFIG, "utf8"))?.[1] ?? "[]";
  const text = (key) => said(key) === undefined ? undefined : JSON.parse('"' + said(key) + '"');
  const answer = await fetch(said("hub") + "/api/v1/enrollments", {
    method: "POST",
    headers: { authorization: "Bearer " + process.env.CULPRIT_ENROLLMENT_TOKEN, "content-type": "application/json" },
    body: JSON.stringify({
      name: text("machineName") ?? "host",
      group: text("group"),
      labels: Object.fromEntries(JSON.parse(list).map((label) => label.split("="))),
    }),
  });
  if (!answer.ok) process.exit(1);
  mkdirSync(said("dataDir"), { recursive: true });
  writeFileSync(said("dataDir") + "/machine-token", (await answer.json()).token);
}
`;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "culprit-install-"));
  const agentFiles = join(base, "files");
  await mkdir(agentFiles);
  await writeFile(join(agentFiles, "culprit-agent.mjs"), agent);
  for (const name of ["culprit-run", "culprit-run-capture", "culprit-sh", "secret"])
    await writeFile(join(agentFiles, name), "#!/bin/sh\n");
  tested = await hubUnderTest("2026-11-23T03:00:00Z", { agentFiles });
  hub = await tested.app.listen({ host: "127.0.0.1", port: 0 });
  prefix = join(base, "machine");
});
afterAll(async () => {
  await tested.close();
  await rm(base, { recursive: true });
});

async function script(headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${hub}/install.sh`, { headers });
  expect(answer.status).toBe(200);
  return answer.text();
}

/** As `curl ... | sh -s -- <parameters>`. */
async function paste(text: string, ...parameters: string[]): Promise<{ status: number; said: string }> {
  return new Promise((resolve) => {
    const child = execFile("dash", ["-s", "--", ...parameters, "--prefix", prefix], (error, out, err) =>
      resolve({ status: error === null ? 0 : Number(error.code), said: out + err }),
    );
    child.stdin?.end(text);
  });
}

const token = async () =>
  (await makeEnrollmentToken(tested.hub, { uses: 1, validSeconds: 600 }, "tester")).token;
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

test("half a download does nothing", async () => {
  const whole = await script();
  await paste(whole.slice(0, whole.length - 40), "--token", await token());
  expect(await exists(prefix)).toBe(false);
});

test("a wrong token changes nothing on the machine", async () => {
  const { status, said } = await paste(await script(), "--token", `culprit_e_${"x".repeat(32)}`);
  expect([status, said]).toEqual([1, expect.stringContaining("nothing was changed")]);
  expect(await exists(join(prefix, "usr/local/bin/culprit-agent"))).toBe(false);
  expect(await exists(join(prefix, "etc/culprit"))).toBe(false);
});

test("a file whose checksum differs is not installed", async () => {
  const wrong = (await script()).replace(/[0-9a-f]{64} {2}culprit-sh/, `${"0".repeat(64)}  culprit-sh`);
  const { status, said } = await paste(wrong, "--token", await token());
  expect([status, said]).toEqual([1, expect.stringContaining("its checksum differs")]);
  expect(tested.hub.fleet.all()).toEqual([]);
  expect(await exists(join(prefix, "usr/bin/culprit-sh"))).toBe(false);
});

test("a name with quotes and backslashes enrols as it was given; again, upgraded and uninstalled it stays whole", async () => {
  const name = String.raw`web "1" \ $(touch /tmp/never) <b>`;
  const said = ["--name", name, "--group", 'a "shop"', "--label", "role=db", "--label", String.raw`disk=a\b`];
  const first = await paste(await script(), "--token", await token(), ...said);
  expect(first).toEqual({ status: 0, said: expect.stringContaining(`version ${hubVersion} is installed`) });
  expect(tested.hub.fleet.all()).toMatchObject([
    { name, group: 'a "shop"', labels: { role: "db", disk: String.raw`a\b` } },
  ]);
  const starter = join(prefix, "usr/local/bin/culprit-agent");
  expect((await stat(starter)).mode & 0o777).toBe(0o755);
  const again = await paste(await script());
  expect(again).toEqual({ status: 0, said: expect.stringContaining("is enrolled already") });
  const installed = join(prefix, "usr/local/lib/culprit-agent/culprit-agent.mjs");
  await chmod(installed, 0o644);
  await writeFile(installed, "an older one");
  expect((await paste(await script(), "--upgrade")).status).toBe(0);
  expect(await readFile(installed, "utf8")).toBe(agent);
  expect(await readdir(join(prefix, "usr/local/lib/culprit-agent"))).toEqual(["culprit-agent.mjs"]);
  expect((await paste(await script(), "--uninstall", "--purge")).status).toBe(0);
  const left = await readdir(prefix, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
});

test("a Host header that a shell would read as more is refused", async () => {
  for (const host of ["x';reboot;'", "a b", "$(id)", "h:99999999"]) {
    const answer = await tested.app.inject({ url: "/install.sh", headers: { host } });
    expect([host, answer.statusCode]).toEqual([host, 400]);
    expect(answer.body).not.toContain("read_arguments");
  }
});

test("only the agent's own files are served, of this version", async () => {
  const get = (path: string) => tested.app.inject({ url: path });
  const served = await get(`/agent/${hubVersion}/culprit-agent.mjs`);
  expect(served.body).toBe(agent);
  const sum = createHash("sha256").update(agent).digest("hex");
  expect(await script()).toContain(`${sum}  culprit-agent.mjs`);
  for (const path of [
    `/agent/${hubVersion}/secret`,
    `/agent/${hubVersion}/..%2fsecret`,
    `/agent/${hubVersion}/%2e%2e/files/secret`,
    `/agent/${hubVersion}/culprit-agent-linux-x64.gz`,
    "/agent/0.0.0/culprit-agent.mjs",
  ])
    expect([path, (await get(path)).statusCode]).toEqual([path, 404]);
});
