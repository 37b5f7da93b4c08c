/** The snippets in real servers of PHP, Node.js and Python: what they record, and that they change nothing. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ExecutionInput } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { Intake } from "../intake/intake.ts";
import { systemRoots } from "../roots.ts";
import { executionsIn, openTestSpool } from "../testing/spool-under-test.ts";
import { startNginx, startPhpFpm } from "../testing/web-servers.ts";
import { WebRequests } from "./web-requests.ts";

const snippets = join(import.meta.dirname, "../../../cli/snippets");
const php = join(snippets, "culprit.php");

let base: string;
let folder: string;
let stops: (() => Promise<void>)[];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "culprit-snippets-"));
  folder = join(base, "intake");
  mkdirSync(folder);
  stops = [];
});

afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  rmSync(base, { recursive: true, force: true });
});

/** What the agent makes of the files in the intake folder, once there are so many, by name. */
async function recorded(count: number): Promise<ExecutionInput[]> {
  await expect.poll(() => readdirSync(folder).length, { timeout: 5000 }).toBe(count);
  const spool = await openTestSpool(base, systemClock);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const parts = { dataDir: base, spool, clock: systemClock, log };
  const webRequests = await WebRequests.open(parts);
  const runUsage = { track: () => {}, finish: () => null };
  const intake = await Intake.open({ ...parts, folder, webRequests, runUsage, roots: systemRoots });
  while (readdirSync(folder).length > 0) await intake.look();
  const runs = await executionsIn(spool);
  await spool.close();
  return runs.toSorted((a, b) => a.process.localeCompare(b.process));
}

const brief = (runs: readonly ExecutionInput[]) =>
  runs.map(({ process, outcome, attributes }) => [
    process,
    outcome,
    attributes!["http.response.status_code"],
  ]);

function expectRightTimes(runs: readonly ExecutionInput[], before: number): void {
  for (const { startedAt, endedAt } of runs) {
    expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(before - 5);
    expect(Date.parse(endedAt!)).toBeGreaterThanOrEqual(Date.parse(startedAt));
    expect(Date.parse(endedAt!)).toBeLessThanOrEqual(Date.now() + 5);
  }
}

type Answer = { status: number; body: string; headers: Record<string, string> };

async function ask(address: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(`${address}${path}`, { redirect: "manual", ...init });
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== "date"));
  return { status: answer.status, body: await answer.text(), headers };
}

const pages = {
  "ok.php":
    '<?php header("X-Own: 1"); usleep(20000); $x = str_repeat("x", 3000000); echo "ok ", count(get_included_files()) > 0;',
  "broken.php":
    '<?php set_error_handler(function ($no, $text) { throw new ErrorException($text); }); echo "half"; nothing(); // its status is sent already',
  "teapot.php": '<?php http_response_code(503); header("Retry-After: 5"); exit("busy");',
  "shutdown.php": '<?php register_shutdown_function(function () { echo "bye"; exit(3); }); echo "hello ";',
  "route.php":
    '<?php $_SERVER["CULPRIT_ROUTE"] = "/shop/{item}"; $_SERVER["REQUEST_METHOD"] = "X"; echo "routed";',
};

/** The pages by nginx and php-fpm, with this configuration of PHP and this environment of its pool. */
async function servePages(
  name: string,
  ini: Record<string, string> = {},
  environment: Record<string, string> = {},
): Promise<string> {
  const own = join(base, name);
  mkdirSync(join(own, "pages"), { recursive: true });
  for (const [page, text] of Object.entries(pages)) writeFileSync(join(own, "pages", page), text);
  const fpm = await startPhpFpm(own, { ini: { display_errors: "0", ...ini }, environment });
  stops.push(fpm.stop);
  const nginx = await startNginx(own, {
    http: "access_log off;",
    server: `location / { fastcgi_pass unix:${fpm.socket};
fastcgi_param SCRIPT_FILENAME ${own}/pages$fastcgi_script_name; fastcgi_param SCRIPT_NAME $fastcgi_script_name;
fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri; fastcgi_param QUERY_STRING $query_string; }`,
  });
  stops.push(nginx.stop);
  return `http://127.0.0.1:${nginx.port}`;
}

test("PHP behind nginx: each request is recorded and no page is changed", { timeout: 30_000 }, async () => {
  const bare = await servePages("bare");
  const withSnippet = await servePages("recorded", { auto_prepend_file: php }, { CULPRIT_INTAKE: folder });
  const before = Date.now();
  const asked = Object.keys(pages).map((page) => `/${page}?password=secret`);
  for (const path of asked) expect(await ask(withSnippet, path)).toEqual(await ask(bare, path));
  const runs = await recorded(asked.length);
  expect(brief(runs)).toEqual([
    ["GET /broken.php", "failed", 200],
    ["GET /ok.php", "ok", 200],
    ["GET /shop/{}", "ok", 200],
    ["GET /shutdown.php", "ok", 200],
    ["GET /teapot.php", "failed", 503],
  ]);
  expectRightTimes(runs, before);
  const ok = runs[1]!;
  expect(Date.parse(ok.endedAt!) - Date.parse(ok.startedAt)).toBeGreaterThanOrEqual(19);
  expect(ok.maxRssBytes).toBeGreaterThan(3_000_000);
  expect(ok.cpuSeconds).toBeGreaterThanOrEqual(0);
  expect(ok.cpuSeconds).toBeLessThan(1);
  expect(JSON.stringify(runs)).not.toContain("secret");
});

const phpCli = (script: string, prepended: boolean, environment: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(
    "php",
    ["-n", ...(prepended ? ["-d", `auto_prepend_file=${php}`] : []), "-d", "display_errors=stderr", script],
    { env: { PATH: process.env["PATH"], CULPRIT_INTAKE: folder, ...environment }, encoding: "utf8" },
  );
  return { status, stdout, stderr };
};

test.each([
  ["one that ends well", "<?php echo 'out'; exit(4);", "ok"],
  ["a fatal error", "<?php echo 'out'; nothing();", "failed"],
  [
    "one that is ended by a shutdown function",
    "<?php register_shutdown_function(function () { exit(5); }); echo 'out';",
    "ok",
  ],
])(
  "a PHP script is recorded and its output and exit status are its own: %s",
  async (_name, text, outcome) => {
    const script = join(base, "script.php");
    writeFileSync(script, text);
    expect(phpCli(script, true)).toEqual(phpCli(script, false));
    expect(await recorded(1)).toMatchObject([{ process: "script.php", kind: "job", outcome }]);
  },
);

test("PHP says nothing where nothing can be recorded, whoever handles its errors", () => {
  const script = join(base, "script.php");
  writeFileSync(
    script,
    "<?php error_reporting(E_ALL); set_error_handler(function ($no, $text) { echo $text; }); echo 'out'; var_dump(error_get_last());",
  );
  const bare = phpCli(script, false);
  expect(phpCli(script, true, { CULPRIT_INTAKE: "/no/such/folder" })).toEqual(bare);
  expect(phpCli(script, true, { CULPRIT_INTAKE: "/proc" })).toEqual(bare);
  expect(phpCli(script, true, { CULPRIT_PARENT_ID: "recorded-already" })).toEqual(bare);
  expect(readdirSync(folder)).toEqual([]);
});

/** Starts a program that prints its port. */
async function serve(command: string, args: string[]): Promise<string> {
  const child: ChildProcess = spawn(command, args, {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      CULPRIT_INTAKE: folder,
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  stops.push(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const [port] = (await once(createInterface(child.stdout!), "line")) as [string];
  return `http://127.0.0.1:${port}`;
}

test("Node.js: each answered request is recorded, with the route that was matched", async () => {
  writeFileSync(
    join(base, "server.mjs"),
    `import { createServer } from "node:http";
const server = createServer((request, response) => {
  if (request.url.startsWith("/broken")) response.writeHead(500).end("broken");
  else if (request.url.startsWith("/express")) {
    // As Express leaves it.
    request.baseUrl = "/express"; request.route = { path: "/orders/:id" };
    response.end("express");
  } else if (request.url.startsWith("/hang")) response.write("half");
  else setTimeout(() => response.end("ok"), 30);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`,
  );
  const before = Date.now();
  const address = await serve(process.execPath, [
    "--import",
    join(snippets, "culprit-node.mjs"),
    join(base, "server.mjs"),
  ]);
  expect(await ask(address, "/orders/12?password=secret", { method: "POST" })).toMatchObject({
    status: 200,
    body: "ok",
  });
  expect(await ask(address, "/broken")).toMatchObject({ status: 500, body: "broken" });
  await ask(address, "/express/orders/7");
  const cut = new AbortController();
  const half = await fetch(`${address}/hang`, { signal: cut.signal });
  cut.abort();
  await half.text().catch(() => "");
  const runs = await recorded(4);
  expect(brief(runs)).toEqual([
    ["GET /broken", "failed", 500],
    ["GET /express/orders/{}", "ok", 200],
    ["GET /hang", "ok", 200],
    ["POST /orders/{}", "ok", 200],
  ]);
  expect(runs[2]!.attributes).toMatchObject({ "http.request.aborted": true });
  expectRightTimes(runs, before);
  expect(Date.parse(runs[3]!.endedAt!) - Date.parse(runs[3]!.startedAt)).toBeGreaterThanOrEqual(29);
  expect(JSON.stringify(runs)).not.toContain("secret");
});

test("Node.js serves as ever where nothing can be recorded", async () => {
  rmSync(folder, { recursive: true });
  writeFileSync(
    join(base, "server.mjs"),
    'import { createServer } from "node:http"; const s = createServer((q, r) => r.end("ok")); s.listen(0, "127.0.0.1", () => console.log(s.address().port));',
  );
  const address = await serve(process.execPath, [
    "--import",
    join(snippets, "culprit-node.mjs"),
    join(base, "server.mjs"),
  ]);
  for (let number = 0; number < 20; number++) expect((await ask(address, "/")).body).toBe("ok");
});

test("Python, WSGI: each request is recorded, its answer and its exceptions pass as they are", async () => {
  writeFileSync(
    join(base, "server.py"),
    `import sys; sys.path.insert(0, ${JSON.stringify(snippets)})
from wsgiref.simple_server import make_server, WSGIRequestHandler
from wsgiref.validate import validator
from culprit_wsgi import CulpritWSGI
def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/raise": raise ValueError("own")
    if path == "/route": environ["culprit.route"] = "/shop/{item}"
    if path == "/late":
        start_response("200 OK", [("Content-Type", "text/plain")])
        def parts():
            yield b"half"
            raise ValueError("late")
        return parts()
    sum(range(300000))
    start_response("503 Busy" if path == "/busy" else "200 OK", [("Content-Type", "text/plain"), ("X-Own", "1")])
    return [b"ok ", environ["QUERY_STRING"].encode()]
class Quiet(WSGIRequestHandler):
    def log_message(self, *all): pass
    def get_stderr(self): return open("/dev/null", "w")
server = make_server("127.0.0.1", 0, validator(CulpritWSGI(validator(application))), handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
`,
  );
  const before = Date.now();
  const address = await serve("python3", [join(base, "server.py")]);
  expect(await ask(address, "/orders/12?x=secret")).toMatchObject({
    status: 200,
    body: "ok x=secret",
    headers: { "x-own": "1" },
  });
  expect(await ask(address, "/busy")).toMatchObject({ status: 503 });
  expect(await ask(address, "/raise")).toMatchObject({ status: 500 });
  await ask(address, "/route");
  await ask(address, "/late").catch(() => null);
  const runs = await recorded(5);
  expect(brief(runs)).toEqual([
    ["GET /busy", "failed", 503],
    ["GET /late", "failed", 200],
    ["GET /orders/{}", "ok", 200],
    ["GET /raise", "failed", undefined],
    ["GET /shop/{}", "ok", 200],
  ]);
  expectRightTimes(runs, before);
  expect(runs[2]!.cpuSeconds).toBeGreaterThan(0);
  expect(JSON.stringify(runs)).not.toContain("secret");
});

test("Python, ASGI: requests are recorded, other scopes and exceptions pass as they are", async () => {
  writeFileSync(
    join(base, "drive.py"),
    `import asyncio, sys; sys.path.insert(0, ${JSON.stringify(snippets)})
from culprit_wsgi import CulpritASGI
class Route: path = "/users/{name}"
seen = []
async def app(scope, receive, send):
    if scope["type"] == "lifespan": return "lifespan"
    if scope["path"] == "/raise": raise ValueError("own")
    if scope["path"].startswith("/users"): scope["route"] = Route
    await send({"type": "http.response.start", "status": 201 if scope["method"] == "POST" else 500, "headers": []})
    await asyncio.sleep(0.02)
    await send({"type": "http.response.body", "body": b"ok"})
async def send(message): seen.append(message["type"])
async def main():
    wrapped = CulpritASGI(app)
    assert await wrapped({"type": "lifespan"}, None, send) == "lifespan"
    for method, path in [("POST", "/orders/12"), ("GET", "/users/ana"), ("GET", "/raise")]:
        try: await wrapped({"type": "http", "method": method, "path": path, "query_string": b"secret"}, None, send)
        except ValueError as error: assert str(error) == "own" and path == "/raise"
    assert seen == ["http.response.start", "http.response.body"] * 2
asyncio.run(main())
print("driven")
`,
  );
  const before = Date.now();
  const { stdout, stderr } = spawnSync("python3", [join(base, "drive.py")], {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      CULPRIT_INTAKE: folder,
      PYTHONDONTWRITEBYTECODE: "1",
    },
    encoding: "utf8",
  });
  expect({ stdout, stderr }).toEqual({ stdout: "driven\n", stderr: "" });
  const runs = await recorded(3);
  expect(brief(runs)).toEqual([
    ["GET /raise", "failed", undefined],
    ["GET /users/{}", "failed", 500],
    ["POST /orders/{}", "ok", 201],
  ]);
  expectRightTimes(runs, before);
});
