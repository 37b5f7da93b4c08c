/** The agent as a process: killed at random moments, stopped, started twice. A ledger tells what the hub has. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { build, type BuildOptions } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { writeIntake } from "./intake/write-intake.ts";
import { LedgerHub } from "./uplink/ledger-hub.ts";

const kills = 20;

let programs: string;
let base: string;
let hub: LedgerHub;
let children: ChildProcess[];
let output: string;

const bundled = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["development"],
  external: ["bufferutil", "utf-8-validate"],
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
} satisfies BuildOptions;

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "culprit-agent-program-"));
  await build({
    ...bundled,
    entryPoints: [join(import.meta.dirname, "main.ts")],
    outfile: join(programs, "agent.mjs"),
  });
});

afterAll(() => rm(programs, { recursive: true, force: true }));

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "culprit-agent-"));
  await mkdir(join(base, "intake"));
  children = [];
  output = "";
});

afterEach(async () => {
  for (const child of children) await kill(child, "SIGKILL");
  await hub.stop();
  await rm(base, { recursive: true, force: true });
});

async function startHub(options = {}): Promise<void> {
  hub = new LedgerHub(options);
  await hub.start();
}

function startAgent(
  settings: Record<string, string> = { CULPRIT_TOKEN: "t" },
  command: string[] = [],
): ChildProcess {
  const [program, ...args] = [...command, process.execPath, join(programs, "agent.mjs")];
  const child = spawn(program, args, {
    env: {
      PATH: process.env["PATH"],
      CULPRIT_HUB: hub.address,
      CULPRIT_DATA_DIR: join(base, "agent"),
      CULPRIT_INTAKE: join(base, "intake"),
      CULPRIT_OBSERVE_CRON: "false",
      CULPRIT_OBSERVE_SYSTEMD: "false",
      ...settings,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  children.push(child);
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, "exit");
  }
  return child.exitCode;
}

const run = (id: string) => ({
  id,
  process: "ledger",
  startedAt: new Date(Date.now() - 10).toISOString(),
  endedAt: new Date().toISOString(),
});

/** Hands runs over while the agent is killed again and again and answers get lost; answers what was handed over. */
async function killOften(times: number): Promise<Set<string>> {
  const handedOver = new Set<string>();
  const stopping = new AbortController();
  const writer = (async () => {
    for (let number = 0; !stopping.signal.aborted; number++) {
      await writeIntake(join(base, "intake"), run(`run-${number}`));
      handedOver.add(`run-${number}`);
      await sleep(3);
    }
  })();
  let agent = startAgent();
  for (let count = 0; count < times; count++) {
    hub.losesAnswers = Math.random() < 0.4;
    await sleep(150 + Math.random() * 700);
    await kill(agent, "SIGKILL");
    agent = startAgent();
  }
  hub.losesAnswers = false;
  stopping.abort();
  await writer;
  return handedOver;
}

const lost = (handedOver: Set<string>) => [...handedOver].filter((id) => !hub.finished.has(id));
const metrics = () =>
  new Set(
    hub.batches
      .flatMap((one) => (one.kind === "samples" ? (one.series ?? []) : []))
      .map((series) => (series as { metric: string }).metric),
  );

const doubled = () => [...hub.finished].filter(([, times]) => times > 1).map(([id]) => id);

test("the agent as one file measures in a process of its own: itself", async () => {
  const bundle = join(programs, "measures.mjs");
  await build({
    ...bundled,
    stdin: {
      contents: `
        import { isChild } from "./benchmarks/child-program.ts";
        import { measureApart } from "./benchmarks/measure-apart.ts";
        if (isChild(process.argv)) await import("./benchmarks/child.ts");
        else {
          const options = { seconds: 0.2, folder: process.argv[2], signal: new AbortController().signal };
          process.stdout.write(JSON.stringify(await measureApart("cpu-integer", options)));
        }`,
      resolveDir: import.meta.dirname,
      loader: "ts",
    },
    outfile: bundle,
  });
  const measured = { unit: "{operation}/s", value: expect.any(Number) };
  expect(JSON.parse(await outputOf([bundle, base]))).toMatchObject(measured);
  const itself = [join(programs, "agent.mjs"), "--measure", "cpu-integer", "0.2", base];
  expect(JSON.parse(await outputOf(itself))).toMatchObject(measured);
  await startHub();
});

async function outputOf(argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 20_000 });
  return stdout;
}

test(
  `an agent killed ${kills} times at random moments loses and doubles no run`,
  { timeout: 120_000 },
  async () => {
    await startHub();
    const handedOver = await killOften(kills);
    await expect.poll(() => lost(handedOver).length, { timeout: 60_000, interval: 200 }).toBe(0);
    expect(doubled()).toEqual([]);
    expect(handedOver.size).toBeGreaterThan(500);
    await expect.poll(() => readdir(join(base, "intake"))).toEqual([]);
  },
);

test("the ledger can tell: a hub that does not deduplicate has doubles", { timeout: 60_000 }, async () => {
  await startHub({ deduplicates: false });
  hub.losesAnswers = true;
  startAgent();
  await writeIntake(join(base, "intake"), run("run-0"));
  await expect.poll(doubled, { timeout: 30_000 }).toEqual(["run-0"]);
});

test(
  "the ledger can tell: a hub that acknowledges before it stores loses runs",
  { timeout: 60_000 },
  async () => {
    await startHub({ stores: false });
    const handedOver = await killOften(2);
    await expect.poll(() => readdir(join(base, "intake")), { timeout: 30_000 }).toEqual([]);
    expect(lost(handedOver).length).toBe(handedOver.size);
  },
);

test("samples of this machine arrive, the agent's own state among them", async () => {
  await startHub();
  startAgent();
  await expect.poll(metrics, { timeout: 15_000 }).toContain("culprit.agent.spool.size");
  expect(metrics()).toContain("system.memory.usage");
});

test("stopped by a signal it ends with 0 and keeps what the hub has not got", async () => {
  await startHub();
  hub.interferes = (request) => request.socket.destroy() !== null;
  const first = startAgent();
  await writeIntake(join(base, "intake"), run("kept"));
  await expect.poll(() => readdir(join(base, "intake")), { timeout: 10_000 }).toEqual([]);
  expect(await kill(first, "SIGTERM")).toBe(0);
  hub.interferes = () => false;
  const second = startAgent();
  await expect.poll(() => hub.finished.get("kept"), { timeout: 10_000 }).toBe(1);
  expect(await kill(second, "SIGINT")).toBe(0);
});

test("a second agent on the same data directory says who has it and ends with 2", async () => {
  await startHub();
  const first = startAgent();
  await expect.poll(() => output, { timeout: 10_000 }).toContain("takes runs in");
  const second = startAgent();
  await once(second, "exit");
  expect(second.exitCode).toBe(2);
  expect(output).toContain(`another agent (pid ${first.pid})`);
  await kill(first, "SIGKILL");
  startAgent();
  await expect.poll(() => output.match(/takes runs in/g)?.length, { timeout: 10_000 }).toBe(2);
});

test("a failed fsync ends the agent with 1, and the run stays in the intake folder", async () => {
  await startHub();
  const child = startAgent({ CULPRIT_TOKEN: "t" }, [
    "strace",
    "-f",
    "-o",
    "/dev/null",
    "-e",
    "trace=fdatasync",
    "-e",
    "inject=fdatasync:error=EIO",
  ]);
  await writeIntake(join(base, "intake"), run("kept"));
  await once(child, "exit");
  expect(child.exitCode).toBe(1);
  expect(output).toContain("the spool can't be written safely");
  expect(await readdir(join(base, "intake"))).toHaveLength(1);
  startAgent();
  await expect.poll(() => hub.finished.get("kept"), { timeout: 10_000 }).toBe(1);
});

test("it enrols itself once, and keeps the token for itself", async () => {
  await startHub();
  let enrolled = 0;
  let told = "";
  hub.interferes = (request, response, body) => {
    if (request.url !== "/api/v1/enrollments") return false;
    enrolled++;
    expect(request.headers.authorization).toBe("Bearer enrol-me");
    told = body.toString();
    response.end(JSON.stringify({ id: "m_1", name: "host", token: "machine-token" }));
    return true;
  };
  const settings = {
    CULPRIT_ENROLLMENT_TOKEN: " enrol-\nme ",
    CULPRIT_LABELS: "role=db, spare",
    CULPRIT_GROUP: "shop",
  };
  const first = startAgent(settings);
  const tokenFile = join(base, "agent", "machine-token");
  await expect
    .poll(() => readFile(tokenFile, "utf8").catch(() => ""), { timeout: 10_000 })
    .toBe("machine-token\n");
  expect((await stat(tokenFile)).mode & 0o777).toBe(0o600);
  await kill(first, "SIGTERM");
  startAgent(settings);
  await expect
    .poll(() => hub.requests.filter((one) => one === "GET /api/v1/intake").length)
    .toBeGreaterThan(0);
  expect(enrolled).toBe(1);
  expect(JSON.parse(told)).toMatchObject({ labels: { role: "db", spare: "" }, group: "shop" });
});

test.each([
  [{}, "this machine has no token"],
  [{ CULPRIT_TOKEN: "t", CULPRIT_HUB: "http://hub.example:4777" }, "plain http"],
  [{ CULPRIT_TOKEN: "t", CULPRIT_HUB: "hub.example" }, "http://<address> or https://<address>"],
  [{ CULPRIT_TOKEN_FILE: "/no/such/file" }, "the token file can't be read"],
  [{ CULPRIT_TOKEN: "t", CULPRIT_CA: "/no/such/file" }, "certificate authorities can't be read"],
])("with %j it ends with 2 and says what to do", async (settings, text) => {
  await startHub();
  const child = startAgent(settings);
  await once(child, "exit");
  expect(child.exitCode).toBe(2);
  expect(output).toContain(text);
});

test("a machine of that name at the hub is no riddle", async () => {
  await startHub();
  await writeFile(join(base, "token"), "enrol-me\n");
  hub.interferes = (_request, response) => {
    response
      .writeHead(409, { "content-type": "application/problem+json" })
      .end(JSON.stringify({ type: "x", title: "x", status: 409, code: "conflict" }));
    return true;
  };
  const child = startAgent({
    CULPRIT_ENROLLMENT_TOKEN_FILE: join(base, "token"),
    CULPRIT_MACHINE_NAME: "web 1",
  });
  await once(child, "exit");
  expect(child.exitCode).toBe(2);
  expect(output).toContain("a machine named web 1 is already enrolled");
});
