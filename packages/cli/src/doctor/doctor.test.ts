/** Situations that really are broken, each found by its check. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initScripts } from "@culprit/agent/service-manager";
import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { speak } from "../language.ts";
import { testTerminal } from "../testing/terminal.ts";
import { spaceFinding } from "./data-dir.ts";
import { checks } from "./index.ts";
import { localPlaces } from "../settings/local-places.ts";
import { nodeFinding } from "./node.ts";
import { probeHub } from "./probe-hub.ts";
import { lockHolder } from "./store-lock.ts";
import type { Surroundings } from "./surroundings.ts";

speak("en");
const root = mkdtempSync(join(tmpdir(), "culprit-doctor-"));
afterAll(() => rmSync(root, { recursive: true }));

const goodToken = `culprit_u_${"a".repeat(32)}`;
let number = 0;
let healthy: Surroundings;

beforeEach(() => {
  const folder = join(root, String(++number));
  for (const each of ["data/agent", "intake", "proc/pressure", "sys", "bin"]) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  chmodSync(join(folder, "intake"), 0o1777);
  writeFileSync(join(folder, "proc/pressure/cpu"), "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  mkdirSync(join(folder, "proc/1/task/1"), { recursive: true });
  writeFileSync(join(folder, "proc/1/cmdline"), "/sbin/init\0");
  writeFileSync(join(folder, "proc/1/task/1/children"), "40 41 ");
  writeFileSync(join(folder, "bin/culprit-run"), "", { mode: 0o755 });
  healthy = {
    terminal: testTerminal(),
    connection: { hub: "http://127.0.0.1:4777", token: goodToken, origin: "--token" },
    probe: {
      kind: "hub",
      identity: { user: "ana", role: "machine" },
      refusal: null,
      clockAheadSeconds: 0.2,
    },
    dataDir: join(folder, "data"),
    listen: "127.0.0.1:0",
    agentDir: join(folder, "data/agent"),
    intake: join(folder, "intake"),
    accessLogs: [],
    allowedFile: join(folder, "allowed.yaml"),
    services: initScripts(join(folder, "bin")),
    observesCron: true,
    proc: join(folder, "proc"),
    sys: join(folder, "sys"),
    cronPath: [join(folder, "bin")],
  };
});

async function look(name: string, change: Partial<Surroundings> = {}) {
  const check = checks.find((each) => each.name === name)!;
  return check.look({ ...healthy, ...change });
}

test("the list of checks names every file of its folder that is one", () => {
  const others = new Set(["index", "finding", "surroundings", "probe-hub"]);
  const files = readdirSync(import.meta.dirname)
    .filter((name) => !name.endsWith(".test.ts"))
    .map((name) => name.replace(/[.]ts$/, ""))
    .filter((name) => !others.has(name));
  expect(checks.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
});

test("nothing is wrong where nothing is wrong", async () => {
  for (const { name } of checks) {
    for (const finding of await look(name)) expect({ name, ...finding }).toMatchObject({ level: "ok" });
  }
});

const logLine = '192.0.2.7 - - [27/Nov/2026:03:31:35 +0000] "GET /orders/1 HTTP/1.1" 200 5 "-" "test"';

test.each([
  ["that tells how long requests took", `${logLine} rt=0.123\n`, "ok", "combined + rt="],
  ["without a line", "", "ok", "no line yet"],
  ["that doesn't tell how long requests took", `${logLine}\n`, "warning", "rt=$request_time"],
  ["of no known form", "1 2 3\n4 5 6\n", "problem", "LogFormat"],
])("an access log %s is found", async (_which, text, level, says) => {
  const path = join(healthy.dataDir, "access.log");
  writeFileSync(path, text);
  const [finding] = await look("access-logs", { accessLogs: [{ path }] });
  expect(finding!.level).toBe(level);
  expect(`${finding!.text} ${finding!.fix}`).toContain(says);
});

test("an access log that can't be followed is found, with the reason", async () => {
  const [path, link, pipe] = ["absent.log", "link.log", "pipe.log"].map((name) =>
    join(healthy.dataDir, name),
  );
  symlinkSync("/dev/stdout", link!);
  execFileSync("mkfifo", [pipe!]);
  const given = { path: link!, format: "$remote_addr" };
  const found = await look("access-logs", {
    accessLogs: [{ path: path! }, { path: link! }, { path: pipe! }, given],
  });
  expect(found.map(({ level, text }) => [level, text])).toEqual([
    ["warning", `${path} is not there.`],
    ["problem", `${link} is a symbolic link.`],
    ["problem", `${pipe} is no regular file.`],
    ["problem", `The format given for ${link} can't be used: no $status.`],
  ]);
});

test.each([
  ["20.19.0", "ok"],
  ["24.1.0", "ok"],
  ["20.18.3", "problem"],
  ["18.20.0", "problem"],
])("Node.js %s is %s", (version, level) => {
  expect(nodeFinding(version)).toMatchObject({ level });
});

test("a token with a line break is warned of, and still judged", async () => {
  const token = `${goodToken.slice(0, 20)}\n${goodToken.slice(20)}`;
  expect(await look("token", { connection: { ...healthy.connection, token } })).toMatchObject([
    { level: "warning", text: expect.stringMatching(/line break/) },
    { level: "ok" },
  ]);
});

test("a token that was cut off is a problem", async () => {
  const token = goodToken.slice(0, 30);
  const [finding] = await look("token", { connection: { ...healthy.connection, token } });
  expect(finding).toMatchObject({ level: "problem" });
  expect(finding?.text).toMatch(/incomplete/);
});

test("a token that the hub refuses is a problem", async () => {
  const probe = { kind: "hub", identity: null, refusal: "not-signed-in", clockAheadSeconds: 0 } as const;
  expect(await look("token", { probe })).toMatchObject([{ level: "problem" }]);
});

test.each([
  [30, /ahead/],
  [-30, /behind/],
])("a clock that is %d seconds off is warned of", async (clockAheadSeconds, text) => {
  const probe = { kind: "hub", identity: null, refusal: null, clockAheadSeconds } as const;
  const [finding] = await look("clock", { probe });
  expect(finding?.level).toBe("warning");
  expect(finding?.text).toMatch(text);
});

test("the probe measures the hub's clock, and tells a hub from a page", async () => {
  const hubTime = Date.UTC(2026, 10, 23, 12);
  const server = createServer((request, response) => {
    response.setHeader("date", new Date(hubTime).toUTCString());
    if (request.headers.authorization !== `Bearer ${goodToken}`) {
      response.writeHead(200, { "content-type": "text/html" }).end("<html></html>");
    } else response.writeHead(200).end(JSON.stringify({ user: "ana", role: "admin" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const now = () => (hubTime + 60_500) * 1000;
  const known = await probeHub({ hub, token: ` ${goodToken}\n`, origin: "" }, now);
  expect(known).toEqual({
    kind: "hub",
    identity: { user: "ana", role: "admin" },
    refusal: null,
    clockAheadSeconds: 60,
  });
  expect(await probeHub({ hub, origin: "" }, now)).toEqual({
    kind: "not-a-hub",
    status: 200,
    contentType: "text/html",
  });
});

/** Until the end of the test. */
async function aHubThatAnswers(answer: () => object): Promise<Partial<Surroundings>> {
  const server = createServer((_, response) => response.end(JSON.stringify(answer())));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    connection: { hub, token: goodToken, origin: "" },
    probe: { kind: "hub", identity: { user: "ana", role: "viewer" }, refusal: null, clockAheadSeconds: 0 },
  };
}

test("a hub that became slower is told, and one that did not is not", async () => {
  const text = "SQL inserts: 60% of the usual speed since 5 November";
  let reasons: object[] = [{ code: "benchmark-slower", text }];
  const change = await aHubThatAnswers(() => ({ benchmarks: [], reasons }));
  expect(await look("hub-speed", change)).toMatchObject([
    { level: "warning", text: expect.stringContaining(text), fix: expect.stringContaining("bench --on-hub") },
  ]);
  reasons = [];
  expect(await look("hub-speed", change)).toEqual([]);
});

test("a port that another program holds is a problem, where no hub answers", async () => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const listen = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const probe = { kind: "unreachable", error: new Error("refused") } as const;
  expect(await look("port", { listen, probe })).toMatchObject([{ level: "problem" }]);
  expect(await look("port", { listen })).toEqual([]);
});

test("an address that is not of this computer is a problem", async () => {
  const probe = { kind: "unreachable", error: new Error("refused") } as const;
  const [finding] = await look("port", { listen: "192.0.2.1:4777", probe });
  expect(finding?.text).toMatch(/EADDRNOTAVAIL/);
});

test("a data directory that is a file, or can't be made, is a problem", async () => {
  const dataDir = join(healthy.dataDir, "file");
  writeFileSync(dataDir, "");
  expect(await look("data-dir", { dataDir })).toMatchObject([{ level: "problem" }]);
  expect(await look("data-dir", { dataDir: join(root, "no/such/data") })).toMatchObject([
    { level: "problem" },
  ]);
});

test.each([
  [100e9, "ok"],
  [1e9, "warning"],
  [1e6, "problem"],
])("%d bytes of free disk are %s", (free, level) => {
  expect(spaceFinding("/data", free)).toMatchObject({ level });
});

test("the holder of a lock is found by the file's inode", () => {
  const locks = [
    "1: POSIX  ADVISORY  WRITE 4242 fe:00:777 0 EOF",
    "1: -> POSIX  ADVISORY  WRITE 4343 fe:00:777 0 EOF",
    "2: FLOCK  ADVISORY  WRITE 99 00:2a:12 0 EOF",
    "3: POSIX  ADVISORY  READ  55 fe:00:888 0 EOF",
  ].join("\n");
  expect(lockHolder(locks, 777)).toBe(4242);
  expect(lockHolder(locks, 12)).toBe(99);
  expect(lockHolder(locks, 888)).toBeNull();
  expect(lockHolder("", 777)).toBeNull();
});

test("an intake folder that is missing, closed, a file, or open but not sticky is told apart", async () => {
  const { intake } = healthy;
  chmodSync(intake, 0o777);
  expect(await look("intake")).toMatchObject([
    { level: "problem", meaning: expect.stringMatching(/replace/) },
  ]);
  chmodSync(intake, 0o755);
  expect(await look("intake")).toMatchObject([{ level: "warning" }]);
  expect(await look("intake", { intake: join(intake, "none") })).toMatchObject([{ level: "warning" }]);
  writeFileSync(join(intake, "file"), "");
  expect(await look("intake", { intake: join(intake, "file") })).toMatchObject([{ level: "problem" }]);
});

test("a recorder that cron does not find, or may not run, is warned of", async () => {
  expect(await look("cron", { cronPath: [join(root, "nowhere")] })).toMatchObject([{ level: "warning" }]);
  const [folder] = healthy.cronPath;
  chmodSync(join(folder!, "culprit-run"), 0o644);
  expect(await look("cron")).toMatchObject([{ level: "warning", fix: expect.stringMatching(/ln -s/) }]);
});

test("a kernel without PSI is warned of", async () => {
  rmSync(join(healthy.proc, "pressure"), { recursive: true });
  expect(await look("pressure")).toMatchObject([{ level: "warning", fix: expect.stringMatching(/psi=1/) }]);
});

test("SELinux that enforces is warned of, AppArmor is mentioned", async () => {
  mkdirSync(join(healthy.sys, "module/apparmor/parameters"), { recursive: true });
  writeFileSync(join(healthy.sys, "module/apparmor/parameters/enabled"), "Y\n");
  expect(await look("mandatory-access")).toMatchObject([
    { level: "ok", text: expect.stringMatching(/AppArmor/) },
  ]);
  mkdirSync(join(healthy.sys, "fs/selinux"), { recursive: true });
  writeFileSync(join(healthy.sys, "fs/selinux/enforce"), "1");
  expect(await look("mandatory-access")).toMatchObject([{ level: "warning" }]);
});

test("a spool that has grown is warned of", async () => {
  mkdirSync(join(healthy.agentDir, "spool/executions"), { recursive: true });
  writeFileSync(join(healthy.agentDir, "spool/executions/1.segment"), Buffer.alloc(40 * 1024 * 1024));
  expect(await look("agent")).toMatchObject([{ level: "warning", text: expect.stringMatching(/40.* MiB/) }]);
});

test("checks that can't be made are warned of, with what to do where leave is missing", async () => {
  const one = {
    id: "c_1",
    name: "database",
    target: { kind: "tcp", host: "10.0.0.7", port: 5432 },
    intervalSeconds: 60,
    timeoutSeconds: 10,
    retries: 2,
    running: true,
    state: "unknown",
    since: null,
    flapping: false,
    last: null,
    createdAt: "2026-11-23T03:00:00Z",
  };
  const here = { machine: "web-1", machineId: "m_1" };
  let items: object[] = [];
  const change = await aHubThatAnswers(() => ({ items }));
  items = [
    { ...one, state: "critical" },
    { ...one, running: false },
  ];
  expect(await look("unseen-checks", change)).toMatchObject([{ level: "ok" }]);
  items = [one, { ...one, ...here }, { ...one, ...here, target: { kind: "memory" } }];
  const found = await look("unseen-checks", change);
  expect(found).toMatchObject([
    { level: "warning", fix: expect.stringContaining("internalTargets") },
    { level: "warning", fix: expect.stringContaining("allowed.yaml") },
    { level: "warning", text: expect.stringContaining("web-1") },
  ]);
  expect(found[2]).not.toHaveProperty("fix");
  items = Array.from({ length: 9 }, () => one);
  expect((await look("unseen-checks", change)).at(-1)?.text).toMatch(/4$/);
});

test("a TZ that does not exist is warned of", async () => {
  const terminal = testTerminal({ environment: { TZ: "Mars/Olympus" } });
  expect(await look("time-zone", { terminal })).toMatchObject([{ level: "warning" }]);
});

test("the intake folder is the one that the agent beside the hub noted, unless another is said", () => {
  const { dataDir, agentDir } = healthy;
  writeFileSync(join(agentDir, "intake-folder"), "/srv/runs\n");
  const places = (environment: NodeJS.ProcessEnv) => localPlaces({ dataDir }, testTerminal({ environment }));
  expect(places({}).intake).toBe("/srv/runs");
  expect(places({ CULPRIT_INTAKE: "/srv/other" }).intake).toBe("/srv/other");
});

test("hidden processes, and a kernel that does not list children, keep jobs of cron from being observed", async () => {
  expect(await look("observed-jobs")).toMatchObject([{ level: "ok" }]);
  rmSync(join(healthy.proc, "1/task"), { recursive: true });
  expect(await look("observed-jobs")).toMatchObject([
    { level: "warning", text: "This kernel does not list the children of a process." },
  ]);
  rmSync(join(healthy.proc, "1"), { recursive: true });
  expect(await look("observed-jobs")).toMatchObject([
    { level: "warning", text: "Processes of other users are hidden from this user." },
  ]);
});

test("where observing is switched off, nobody says that jobs of cron are recorded", async () => {
  const [finding] = await look("observed-jobs", { observesCron: false });
  expect(finding).toMatchObject({ level: "ok", text: expect.stringMatching(/observe[.]cron/) });
});

test.runIf(process.getuid?.() === 0)(
  "a file of what is allowed is found good, wrong, open to others, or of a service that is not there",
  async () => {
    const file = healthy.allowedFile;
    const found = async (text: string, mode = 0o644) => {
      writeFileSync(file, text);
      chmodSync(file, mode);
      return (await look("allowed"))
        .map(({ level, text, fix }) => `${level}: ${text} ${fix ?? ""}`)
        .join("\n");
    };
    // The healthy surroundings' own program stands for an init script.
    expect(await found("services: { culprit-run: [stop] }\nbenchmarks: all\n")).toMatch(/^ok: .*1.*9/);
    expect(await found("services: { culprit-run: [stop], gone: [stop] }\n")).toMatch(/^warning: .*gone/);
    expect(await found("services: { culprit-run: [mask] }\n")).toMatch(/^problem: .*start.*stop.*restart/);
    expect(await found("services: {}\n", 0o666)).toMatch(/^problem: .*written by others.*chmod go-w/);
    speak("es");
    onTestFinished(() => speak("en"));
    expect(await found("services: { culprit-run: [mask] }\n")).toMatch(
      /^problem: .*se espera .*start.*Corríjalo/,
    );
  },
);
