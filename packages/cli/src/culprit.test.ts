/** The commands against a real hub and agent. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TestSystem } from "./testing/system.ts";

const system = new TestSystem();
let address = "";

beforeAll(async () => {
  const { match } = await system.start(["up"], /(http:\S+)\/sign-in#once=culprit_o_\w{32}/);
  address = match[1]!;
}, 60_000);
afterAll(() => system.stop());

const run = (...argv: string[]) => system.command(argv);
const inTime = { timeout: 20_000, interval: 200 };

async function jsonOf<T>(...argv: string[]): Promise<T> {
  const { status, out, errors } = await run(...argv, "--json");
  expect(errors).toBe("");
  expect(status).toBe(0);
  return JSON.parse(out) as T;
}

test("in the folder of `culprit up` commands need neither address nor token", async () => {
  const file = join(system.folder, "culprit-data/cli-token");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(system.folder, "culprit-data/culprit.duckdb")).mode & 0o077).toBe(0);
  await vi.waitFor(async () => {
    const { status, out } = await run("machines");
    expect(status).toBe(0);
    expect(out).toMatch(/^\S+ +m_1 +online/m);
  }, inTime);
});

test("a run is recorded, and its exit status and output are its own", async () => {
  const job = ["sh", "-c", "echo out; echo err >&2; exit 7"];
  const { status, out, errors } = await system.process("run", "--name", "nightly", "--", ...job);
  expect({ status, out, errors }).toEqual({ status: 7, out: "out\n", errors: "err\n" });
  await vi.waitFor(async () => {
    const { items } = await jsonOf<{ items: object[] }>("executions", "--process", "nightly");
    expect(items).toMatchObject([{ process: "nightly", outcome: "failed", exitCode: 7, kind: "job" }]);
  }, inTime);
});

test("flags after the command belong to the command", async () => {
  const { status, out } = await system.process("run", "echo", "--name", "x", "--", "-n");
  expect({ status, out }).toEqual({ status: 0, out: "--name x -- -n\n" });
});

test("a step belongs to the run around it", async () => {
  await system.process("run", "--name", "import", "--id", "import-1", "--", "true");
  await run("log", "--process", "import", "--step", "load", "--parent", "import-1", "--duration", "5s");
  await vi.waitFor(async () => {
    const { out } = await run("stats", "import");
    expect(out).toMatch(/^import +1 /m);
    expect(out).toMatch(/^import › load +1 .*5 s/m);
    expect(out).toMatch(/^`import` takes .*; its one run did not fail\.$/m);
    expect(out).toMatch(/^By hour of the week \(runs, /m);
  }, inTime);
});

test("the example of a job with steps is recorded as a tree", async () => {
  const root = join(import.meta.dirname, "../../..");
  execFileSync(
    "culprit-run",
    ["--name", "report", "--id", "report-1", "--", "sh", join(root, "examples/steps.sh")],
    {
      env: { ...system.environment, PATH: `${join(root, "packages/cli/sh")}:${process.env["PATH"]}` },
    },
  );
  await vi.waitFor(async () => {
    const { items } = await jsonOf<{ items: { step?: string; parentId?: string }[] }>(
      "executions",
      "--process",
      "report",
    );
    const steps = items.filter(({ parentId }) => parentId === "report-1").map(({ step }) => step);
    expect(new Set(steps)).toEqual(new Set(["extract", "sort", "upload"]));
  }, inTime);
});

test("a signal reaches the job, and the status says which", async () => {
  const child = system.spawn([
    "run",
    "--name",
    "long",
    "--",
    "sh",
    "-c",
    "trap 'exit 9' TERM; echo up; sleep 30 & wait",
  ]);
  await once(child.stdout!, "data");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([9, null]);
});

test("what can't be started ends as in a shell", async () => {
  expect((await system.process("run", "--", "no-such-command")).status).toBe(127);
  expect((await system.process("run", "--", system.folder)).status).toBe(126);
});

test("a job runs the same where nothing can be recorded", async () => {
  const other = new TestSystem();
  other.environment["CULPRIT_INTAKE"] = "/proc/no-folder";
  const { status, out, errors } = await other.process("run", "--", "sh", "-c", "echo out; exit 3");
  expect({ status, out, errors }).toEqual({ status: 3, out: "out\n", errors: "" });
  await other.stop();
});

test("a logged execution counts once for each id", async () => {
  const log = [
    "log",
    "--process",
    "imported",
    "--id",
    "once",
    "--started",
    "2026-11-01T03:00:00Z",
    "--duration",
    "90s",
  ];
  expect((await run(...log)).out).toMatch(/Stored/);
  expect((await run(...log)).out).toMatch(/already stored/);
  const { items } = await jsonOf<{ items: object[] }>(
    "executions",
    "--process",
    "imported",
    "--since",
    "2026-11-01",
  );
  expect(items).toMatchObject([{ id: "once", durationSeconds: 90 }]);
});

test("the hub's complaint about a bad execution reaches the person", async () => {
  const { status, errors } = await run("log", "--process", "backwards", "--started", "1h", "--ended", "2h");
  expect(status).toBe(1);
  expect(errors).toMatch(/end/);
});

test("why explains an execution by id, and the latest of a process by name", async () => {
  await run("log", "--process", "explained", "--id", "why-1", "--duration", "10s");
  const byId = await jsonOf<{ execution: { id: string }; verdict: string }>("why", "why-1");
  expect(byId).toMatchObject({ execution: { id: "why-1" }, verdict: "unknown" });
  const { out, status } = await run("why", "explained");
  expect(status).toBe(0);
  expect(out).toContain("explained on");
  expect(out).toContain("why-1");
});

test("why of a failed run shows the end of what it wrote, without steering the terminal", async () => {
  const output = `${"line\n".repeat(30)}\u001b[2Jno space left\ton device\n`;
  const told = { process: "told", id: "why-2", startedAt: new Date().toISOString() };
  const sent = { ...told, endedAt: told.startedAt, outcome: "failed", machine: hostname(), output };
  const { token } = await jsonOf<{ token: string }>("token", "create", "--name", "w", "--role", "operator");
  await fetch(`${address}/api/v1/executions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(sent),
  });
  const { out } = await run("why", "why-2");
  expect(out).toMatch(/What it wrote last\n(  line\n){19}  no space left    on device/);
});

test("why of something unknown says where to look", async () => {
  const { status, errors } = await run("why", "nobody");
  expect(status).toBe(1);
  expect(errors).toMatch(/nobody.*\n.*culprit processes/);
});

test("who makes others slow, what to move and what was different are asked of the hub", async () => {
  const ranking = await jsonOf<{ culprits: object[]; text: string }>("culprits");
  expect(ranking).toMatchObject({
    culprits: [],
    text: expect.stringMatching(/^(Nobody is accused|Not computed yet): /) as string,
  });
  expect((await run("culprits")).out).toContain(ranking.text);
  expect(await jsonOf("schedule")).toMatchObject({ advice: [], done: [] });
  const different = await jsonOf<{ processes: object[]; text: string }>("different", "--since", "2h");
  expect(different.text).toMatch(/same hours/);
  for (const command of ["culprits", "schedule", "different"])
    expect((await run(command, "--exit-code")).status).toBe(0);
});

test("a move of something unknown is refused by the hub, one that is none by the command", async () => {
  expect((await run("schedule", "--move", "nobody@nowhere=+45m")).status).toBe(1);
  const { status, errors } = await run("schedule", "--move", "explained=+45m");
  expect(status).toBe(2);
  expect(errors).toMatch(/backup@db-1=\+45m/);
});

test("statistics of something unknown say where to look, in the reader's language", async () => {
  const { status, errors } = await run("stats", "nobody", "--language", "pt-BR");
  expect(status).toBe(1);
  expect(errors).toMatch(/Não há processo nobody.*\n.*culprit processes/);
});

test("the catalogue says when a process is due; while no event is open, none is a problem", async () => {
  const { token } = await jsonOf<{ token: string }>("token", "create", "--name", "s", "--role", "operator");
  await run("log", "--process", "expected", "--duration", "2s");
  const answer = await fetch(`${address}/api/v1/expectations`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ process: "expected", machine: "m_1", cron: "0 3 1 1 *", timeZone: "UTC" }),
  });
  expect(answer.status).toBe(200);
  const { out } = await run("processes");
  expect(out).toMatch(/^expected .*0 3 1 1 \* +\d{4}-01-01 03:00:00/m);
  const { items } = await jsonOf<{ items: object[] }>("processes");
  expect(items).toContainEqual(
    expect.objectContaining({
      process: "expected",
      expectations: [expect.objectContaining({ source: "set" })],
    }),
  );
  expect(await run("processes", "--problems")).toMatchObject({
    status: 0,
    out: expect.not.stringMatching(/^expected/m),
  });
});

test("a process that is expected and never ran is in the catalogue", async () => {
  const { token } = await jsonOf<{ token: string }>("token", "create", "--name", "n", "--role", "operator");
  await fetch(`${address}/api/v1/expectations`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ process: "never ran", machine: "m_1", cron: "0 3 1 1 *", timeZone: "UTC" }),
  });
  const { out } = await run("processes");
  expect(out).toMatch(/^never ran .* 0 +0 .*0 3 1 1 \* +\d{4}-01-01 03:00:00/m);
});

test("a token is made, used, listed and revoked", async () => {
  const { out: token, errors: advice } = await run("token", "create", "--name", "a script");
  expect(token).toMatch(/^culprit_u_\w{32}$/);
  expect(advice).toMatch(/once/);
  const withBreak = `${token.slice(0, 20)}\n ${token.slice(20)}`;
  const used = await run("stats", "--hub", address, "--token", withBreak);
  expect(used.status).toBe(0);
  const forbidden = await run("token", "list", "--hub", address, "--token", token);
  expect(forbidden.status).toBe(1);
  expect(forbidden.errors).toMatch(/--role/);
  const { items } = await jsonOf<{ items: { id: string; name: string }[] }>("token", "list");
  const { id } = items.find(({ name }) => name === "a script")!;
  expect((await run("token", "revoke", id)).status).toBe(0);
  const refused = await run("stats", "--hub", address, "--token", token);
  expect(refused.status).toBe(1);
  expect(refused.errors).toMatch(/does not accept.*\n.*revoked/);
});

function enroll(token: string, name: string, dataDir: string) {
  const place = ["--hub", address, "--data-dir", join(system.folder, dataDir)];
  return run("enroll", "--token", token, "--name", name, ...place);
}

test("a machine enrols itself once, under its own name", async () => {
  const { token } = await jsonOf<{ token: string }>("token", "create", "--enroll");
  const { status, out } = await enroll(token, "web 1", "agent-1");
  expect(status).toBe(0);
  expect(out).toContain(`culprit agent --hub ${address}`);
  expect(readFileSync(join(system.folder, "agent-1/machine-token"), "utf8")).toMatch(/^culprit_m_\w{32}\n$/);
  const again = await enroll(token, "web 1", "agent-1");
  expect(again.status).toBe(1);
  expect(again.errors).toMatch(/already enrolled/);
  const usedUp = await enroll(token, "web 2", "agent-2");
  expect(usedUp.status).toBe(1);
  expect(usedUp.errors).toMatch(/--enroll/);
});

test("an agent replaces its machine's token when it is asked to, and goes on", async () => {
  const { out, status } = await run("machines", "rotate-token", "m_1");
  expect(out).toMatch(/ has a new token \(t_\d+\) since .*; the old one has ended\.$/);
  expect(status).toBe(0);
  const { status: connected } = await run("service", "m_1");
  expect(connected).toBe(0);
  const unknown = await run("machines", "rotate-token", "nobody");
  expect([unknown.status, unknown.errors]).toEqual([1, expect.stringContaining("nobody")]);
});

test("a machine that was installed again is told to be, and goes on with a token that is made for it", async () => {
  const taken = await jsonOf<{ token: string }>("token", "create", "--enroll");
  const refused = await enroll(taken.token, "web 1", "agent-5");
  expect(refused.errors).toContain("token create --enroll --for web 1");
  const { out: token, errors } = await run("token", "create", "--enroll", "--for", "web 1");
  expect(errors).toContain("for web 1 alone");
  expect((await run("token", "list", "--enroll")).out).toMatch(/GOES ON AS[^]*web 1/);
  expect((await enroll(token, "web 1", "agent-5")).out).toMatch(/Enrolled as web 1 \(m_\d+\)/);
  expect((await run("token", "create", "--name", "x", "--for", "web 1")).status).toBe(2);
});

test("machines are chosen by label and group, and a token that enrols is listed and revoked", async () => {
  const { id, token } = await jsonOf<{ id: string; token: string }>(
    "token",
    "create",
    "--enroll",
    "--uses",
    "2",
    "--name",
    "rack",
  );
  for (const [name, more] of [
    ["rack-1", { labels: { role: "db" }, group: "Shop" }],
    ["rack-2", {}],
  ] as const)
    await fetch(`${address}/api/v1/enrollments`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name, ...more }),
    });
  const chosen = await run("machines", "--label", "role=db", "--group", "shop");
  expect(chosen.out).toMatch(/rack-1.*Shop.*role=db/);
  expect(chosen.out).not.toContain("rack-2");
  expect((await run("machines", "--label", "role=web")).out).toMatch(/No machine has these labels/);
  expect((await run("machines", "--label", "=db")).status).toBe(2);
  expect((await run("token", "list", "--enroll")).out).toMatch(/rack +used up +0\/2 .*rack-2, rack-1/);
  for (const _ of [1, 2]) expect((await run("token", "revoke", "--enroll", id)).status).toBe(0);
  expect((await run("token", "list", "--enroll")).out).not.toMatch(/rack-1/);
  const admin = await jsonOf<{ token: string }>("token", "create", "--name", "a", "--role", "admin");
  for (const name of ["rack-1", "rack-2"])
    await fetch(`${address}/api/v1/machines/${name}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${admin.token}` },
    });
});

test("the token of the command line beside the hub is none to enrol with", async () => {
  const { status, errors } = await run("enroll", "--data-dir", join(system.folder, "agent-3"));
  expect(status).toBe(2);
  expect(errors).toMatch(/--token/);
});

test("status counts apart what never had an agent", async () => {
  const { token } = await jsonOf<{ token: string }>("token", "create", "--name", "adds", "--role", "admin");
  await fetch(`${address}/api/v1/machines`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "by-http" }),
  });
  const { out } = await run("status");
  expect(out).toMatch(/1 no agent yet/);
  expect(out).not.toMatch(/by-http/);
});

/** Its channel is open: it can be asked. */
const machineConnected = () =>
  vi.waitFor(async () => {
    const { items } = await jsonOf<{ items: { name: string; connected: boolean }[] }>("machines");
    expect(items.find(({ name }) => name === hostname())).toMatchObject({ connected: true });
  }, inTime);

test("checks are made, run, listed by how bad they are, stopped and removed", async () => {
  await machineConnected();
  const nothing = createServer().listen(0, "127.0.0.1");
  await once(nothing, "listening");
  const { port } = nothing.address() as AddressInfo;
  nothing.close();
  const made = await jsonOf<{ id: string; machine: string }>(
    "checks",
    "add",
    "gone",
    "--tcp",
    `127.0.0.1:${port}`,
    "--machine",
    hostname(),
    "--every",
    "1d",
  );
  expect(made).toMatchObject({ machine: hostname(), intervalSeconds: 86_400 });
  expect((await run("checks", "basic", hostname(), "culprit-none")).out).toContain("culprit-none");
  const { status, out } = await run("checks", "run", "memory");
  expect(out).toMatch(/% of the memory is used$/m);
  expect([0, 1]).toContain(status);
  await vi.waitFor(async () => {
    expect((await run("checks", "results", "memory", "--size", "1")).out).toMatch(
      /% of the memory is used$/m,
    );
  }, inTime);
  // Nobody has allowed this machine to be probed from: nothing is known of it.
  expect((await run("checks", "run", made.id)).status).toBe(1);
  expect((await run("checks", "incidents", "memory")).out).toMatch(/^CHECK|^No check was believed/m);
  expect((await run("checks", "stop", "gone")).out).toMatch(/^gone .* stopped /m);
  expect((await run("checks", "--machine", hostname())).out).toMatch(/^CHECK[^]*^memory[^]*^gone/m);
  expect(await run("checks", "remove", "gone")).toMatchObject({ status: 0 });
  expect(await run("checks", "add", "x", "--cpu", "--memory")).toMatchObject({ status: 2 });
  expect((await run("checks", "add", "x", "--http", "ftp://a")).errors).toContain("target.url");
});

test("services are the machine's own file's to allow, and so are benchmarks", async () => {
  await machineConnected();
  const none = await run("service", hostname());
  expect(none.out).toMatch(/there is no file .*allowed.yaml[^]*services: \{/);
  const refused = await run("service", hostname(), "apache2", "restart");
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.errors).toContain("nothing is allowed");
  expect((await run("service", hostname(), "apache2")).errors).toContain("start | stop | restart");
  expect((await run("bench", hostname())).out).toMatch(/Not run:[^]*allowed.yaml/);
  expect((await run("fitness")).out).toContain(hostname());
  expect((await run("fitness", hostname())).out).toContain(hostname());
});

test("a lost password is set anew while the hub runs", async () => {
  const { status, out } = await system.process("user", "reset");
  expect(status).toBe(0);
  const password = /Password: (\S+)/.exec(out)?.[1];
  const answer = await fetch(`${address}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: "admin", password }),
  });
  expect(answer.status).toBe(200);
});

test("nobody's password is not reset, and no stack is shown", async () => {
  const { status, errors } = await run("user", "reset", "nobody", "--generate");
  expect(status).toBe(1);
  expect(errors).toMatch(/no user nobody/);
  expect(errors).not.toMatch(/ at /);
});

test.each(["hub", "up"])("a second %s on the same store says who holds it, and ends", async (command) => {
  const { status, errors } = await system.process(command);
  expect(status).toBe(1);
  expect(errors).toMatch(/culprit\.duckdb is in use by the process with id \d+/);
});

test("a hub whose port is taken says so", async () => {
  const { status, errors } = await system.process(
    "hub",
    "--data-dir",
    "other",
    "--listen",
    new URL(address).host,
  );
  expect(status).toBe(1);
  expect(errors).toMatch(/port \d+.*taken/);
});

test.each([
  [["stats", "--nonsense"], /unknown option '--nonsense'/],
  [["nonsense"], /unknown command 'nonsense'/],
  [["executions", "--since", "yesterday"], /--since yesterday/],
  [["executions", "--since", "99999d"], /--since 99999d/],
  [["stats", "--hub", "127.0.0.1:4777"], /http:\/\//],
  [["executions", "--limit", "0"], /--limit/],
  [["executions", "--outcome", "fine"], /--outcome/],
  [["log", "--process", "x"], /--started/],
  [["run"], /command/],
  [["token", "create"], /--name/],
])("%j is refused with status 2", async (argv, complaint) => {
  const { status, errors } = await system.command(argv);
  expect(errors).toMatch(complaint);
  expect(status).toBe(2);
});

test("people are told in their language, programs are not", async () => {
  const spanish = { LANG: "es_MX.UTF-8" };
  const { errors } = await system.command(["why", "nadie"], spanish);
  expect(errors).toMatch(/No hay ejecución/);
  const asked = await system.command(["machines", "--language", "pt-BR"], spanish);
  expect(asked.out).toMatch(/^MÁQUINA/);
  const program = await system.command(["machines", "--json"], spanish);
  expect(program.out).toMatch(/"state": "online"/);
});

test("a hub that is not there is status 1 and a hint", async () => {
  const { status, errors } = await run("stats", "--hub", "http://127.0.0.1:9", "--token", "x");
  expect(status).toBe(1);
  expect(errors).toMatch(/127\.0\.0\.1:9.*\n.*culprit up/);
});

test("a proxy's page in HTML is not taken for a hub", async () => {
  const proxy = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>Please sign in</html>");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const hub = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { status, errors } = await run("stats", "--hub", hub, "--token", "x");
  expect(status).toBe(1);
  expect(errors).toMatch(/proxy/);
  const { out } = await run("doctor", "--hub", hub, "--token", "x");
  expect(out).toMatch(/problem +hub .*text\/html/);
  proxy.close();
});

test("a month in which one process made two others slow is imported, and the commands name it", async () => {
  const month = join(system.folder, "month.ndjson");
  writeFileSync(month, aMonthOfRuns(Date.now()).join("\n"));
  expect((await run("import", "ndjson", month, "--machine", "db1", "--create-machines")).status).toBe(0);
  // Another window than the usual one is fitted when it is asked for.
  const window = ["--since", "29d"];
  const { out, status } = await run("culprits", ...window, "--exit-code");
  expect(status).toBe(1);
  expect(out).toMatch(/^`reindex` slows others most: at least /);
  expect(out).toMatch(/^reindex +db1 +\d.* (backup, report|report, backup) +log alone$/m);
  expect(out).not.toMatch(/cleanup/);
  const one = await run("culprits", "reindex", ...window);
  expect(one.out).toMatch(/^`reindex` cost others at least .* in \d+ runs beside it/m);
  expect((await run("culprits", "cleanup", ...window, "--exit-code")).status).toBe(0);
  const why = await run("why", "backup", "--machine", "db1", ...window);
  expect(why.out).toMatch(/^Who slows `backup`\n.*\nreindex +db1 /m);
}, 60_000);

test.each(["culprits", "schedule"])(
  "every command that docs/%s.md shows does what it says there",
  async (page) => {
    const shown = documentedCommands(page);
    expect(shown.length).toBeGreaterThan(2);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    for (const words of shown) {
      const argv = words.map((word) =>
        word.replace("<execution>", "backup").replace("2026-11-23", yesterday),
      );
      // The window that was fitted already: the usual one is looked at anew once a minute.
      const window = argv.includes("--since") ? [] : ["--since", "29d"];
      const { status, out, errors } = await run(...argv, ...window);
      expect({ words, status, errors }).toEqual({ words, status: 0, errors: "" });
      // Of yesterday nothing need have been different.
      expect(out, words.join(" ")).toMatch(argv[0] === "different" ? /\w/ : /reindex|backup/);
    }
  },
  60_000,
);

/** The words of each command in the text and in the examples of a page, without `culprit`. */
function documentedCommands(page: string): string[][] {
  const text = readFileSync(join(import.meta.dirname, `../../../docs/${page}.md`), "utf8");
  const commands = [...text.matchAll(/`culprit ([^`]+)`|^\$ culprit (.+)$/gm)];
  return commands.map(([, inText, inExample]) =>
    [...(inText ?? inExample)!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => (quoted ?? bare)!),
  );
}

/** Three times a day two jobs, of which each takes longer on those days when `reindex` runs, by lot; `cleanup` always runs. */
function aMonthOfRuns(now: number): string[] {
  const lines: string[] = [];
  let state = 7;
  const lot = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  // Up to the last turn: what has not run for longer has no schedule any more.
  const latest = Math.floor(now / 28_800_000) * 28_800_000;
  const add = (process: string, at: number, seconds: number) =>
    lines.push(
      JSON.stringify({
        kind: "cron",
        process,
        startedAt: new Date(at).toISOString(),
        endedAt: new Date(at + seconds * 1000).toISOString(),
      }),
    );
  for (let shift = 1; shift < 28 * 3 - 2; shift++) {
    const start = latest - shift * 28_800_000;
    const beside = lot() < 0.4;
    for (const [process, seconds, minutes] of [
      ["backup", 600, 0],
      ["report", 420, 120],
    ] as const) {
      add(process, start + minutes * 60_000, seconds * (0.97 + 0.06 * lot()) + (beside ? 300 : 0));
      if (beside) add("reindex", start + (minutes + 2) * 60_000, 600 * (0.98 + 0.04 * lot()));
      add("cleanup", start + (minutes + 1) * 60_000, 300 * (0.95 + 0.1 * lot()));
    }
  }
  return lines;
}

test("the doctor finds nothing wrong with a healthy system but what this machine lacks", async () => {
  await vi.waitFor(async () => {
    const { out } = await run("doctor", "--json");
    const { items } = JSON.parse(out) as { items: { check: string; level: string }[] };
    expect(items.filter(({ level }) => level === "problem")).toEqual([]);
    const fine = items.filter(({ level }) => level === "ok").map(({ check }) => check);
    expect(fine).toEqual(expect.arrayContaining(["hub", "token", "clock", "store-lock", "agent", "intake"]));
  }, inTime);
});

test("the doctor knows the intake folder of the agent that runs, where nobody says it", async () => {
  const { CULPRIT_INTAKE: intake } = system.environment;
  const { out } = await system.command(["doctor", "--json"], { CULPRIT_INTAKE: "" });
  const { items } = JSON.parse(out) as { items: { check: string; text: string }[] };
  expect(items.find(({ check }) => check === "intake")?.text).toContain(intake);
});

test("an agent that dies is started again", async () => {
  const holder = () =>
    Number(readFileSync(join(system.folder, "culprit-data/agent/agent.lock"), "utf8").split(" ")[0]);
  const before = holder();
  process.kill(before, "SIGKILL");
  await vi.waitFor(() => expect(holder()).not.toBe(before), inTime);
});

test("Ctrl-C, which reaches all three, ends all three without a word of dying", async () => {
  const other = new TestSystem();
  const { child, match } = await other.start(["up"], /(http:\S+)\/sign-in/, { detached: true });
  let after = "";
  child.stderr?.on("data", (chunk: Buffer) => (after += chunk.toString()));
  process.kill(-child.pid!, "SIGINT");
  expect(await once(child, "exit")).toEqual([0, null]);
  await expect(fetch(match[1]!)).rejects.toThrow(/fetch failed/);
  expect(after).not.toMatch(/starts again/);
  await other.stop();
}, 60_000);

test("SIGTERM ends hub, agent and `culprit up` itself", async () => {
  const other = new TestSystem();
  const { child, match } = await other.start(["up"], /(http:\S+)\/sign-in/);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  await expect(fetch(match[1]!)).rejects.toThrow(/fetch failed/);
  await other.stop();
}, 60_000);
