/** `culprit import` against a real hub: what is stored, what is refused, and what happens the second time. */
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { printableLines } from "../format/table.ts";
import { TestSystem } from "../testing/system.ts";

const system = new TestSystem();

beforeAll(async () => {
  await system.start(["up"], /sign-in#once=culprit_o_/);
}, 60_000);
afterAll(() => system.stop());

let file = "";
let number = 0;
beforeEach(() => {
  file = `history-${++number}`;
});

const path = (name = file) => join(system.folder, name);
const run = (...argv: string[]) => system.command(["import", ...argv]);
type Result = {
  rows: number;
  good: number;
  bad: Record<string, { rows: number; lines: number[] }>;
  accepted: number;
  duplicates: number;
  continuedAfterRows: number;
  columns: Record<string, string>;
};
const imported = async (...argv: string[]): Promise<Result & { status: number }> => {
  const { out, errors, status } = await run(...argv, "--json");
  expect(errors).toBe("");
  return { ...(JSON.parse(out) as Result), status };
};
const stored = async (process: string) => {
  const { out } = await system.command([
    "executions",
    "--process",
    process,
    "--since",
    "3650d",
    "--limit",
    "1000",
    "--json",
  ]);
  return (JSON.parse(out) as { items: Record<string, unknown>[] }).items;
};

test("what a file holds can't steer the terminal, also where it is refused", async () => {
  writeFileSync(path(), "\u001b]0;owned\u0007start,end\u009b2J\n1,2\n");
  const { errors, status } = await run("csv", file, "--machine", "m", "--map", "process=none");
  expect(status).toBe(2);
  expect(errors).toContain("owned");
  expect(errors).toBe(printableLines(errors));
});

test("a table of runs is stored once, however often and in whatever cut it comes", async () => {
  const lines = ["job;begin_ts;elapsed_ms;rc", ...Array.from({ length: 40 }, (_, i) => line(i)), line(39)];
  function line(i: number): string {
    return `nightly-${file};2025-03-${String((i % 28) + 1).padStart(2, "0")} 02:00:${String(i).padStart(2, "0")};1500;${i % 2}`;
  }
  writeFileSync(path(), lines.join("\n"));
  const options = [
    "--machine",
    "old-1",
    "--create-machines",
    "--zone",
    "America/Sao_Paulo",
    "--map",
    "start=begin_ts",
  ];
  expect(await imported("csv", file, ...options)).toMatchObject({
    status: 0,
    good: 41,
    accepted: 41,
    duplicates: 0,
    columns: { process: "job", start: "begin_ts", duration: "elapsed_ms", exitCode: "rc" },
  });
  expect(await imported("csv", file, ...options)).toMatchObject({ accepted: 0, duplicates: 41 });
  writeFileSync(path("cut.gz"), gzipSync([lines[0], ...lines.slice(20), line(40)].join("\r\n")));
  expect(await imported("csv", "cut.gz", ...options)).toMatchObject({ accepted: 1, duplicates: 22 });
  const items = await stored(`nightly-${file}`);
  expect(items).toHaveLength(42);
  expect(items.at(-1)).toMatchObject({
    machine: "old-1",
    startedAt: "2025-03-01T05:00:00.000000Z",
    durationSeconds: 1.5,
    outcome: "ok",
  });
  expect(items.filter(({ outcome }) => outcome === "failed")).toHaveLength(21);
});

test("a dry run says what is good, what is bad and where, and writes nothing", async () => {
  writeFileSync(
    path(),
    `process,start,end,machine
dry,2025-01-01 03:00:00,2025-01-01 03:01:00,old-1
dry,2025-01-01 04:00:00,,old-1
dry,soon,2025-01-01 03:01:00,old-1
dry,2025-01-01 05:00:00,2025-01-01 04:59:59,old-1
,2025-01-01 05:00:00,2025-01-01 05:59:59,old-1
dry,1999-01-01 05:00:00,1999-01-01 05:59:59,old-1
dry,2025-01-01 06:00:00,2025-01-01 06:00:01,elsewhere
dry,"2025-01-01 06:00:00"x,2025-01-01 06:00:01,old-1
`,
  );
  const { status, out } = await run("csv", file, "--dry-run", "--zone", "UTC");
  expect(status).toBe(1);
  expect(out).toContain("Rows: 1 good, 7 bad");
  for (const [text, line] of [
    ["no end", 3],
    ["a time that is none", 4],
    ["ends before it starts", 5],
    ["no process", 6],
    ["more than 10 years back", 7],
    ["the hub has no such machine", 8],
    ["not readable", 9],
  ])
    expect(out).toMatch(new RegExp(`1: ${text}.*\\(at ${line}\\)`));
  expect(out).toContain("nothing was written");
  expect(existsSync(path(`${file}.rejects.ndjson`))).toBe(false);
  expect((await system.command(["executions", "--process", "dry", "--json"])).status).toBe(1);
});

test("good rows are stored beside bad ones, which are kept with the reason", async () => {
  const row = (more: object) =>
    JSON.stringify({ process: "mixed", started_at: 1735700400, duration: 5, ...more });
  writeFileSync(
    path(),
    [
      row({ user: "ana" }),
      "{not json",
      row({ outcome: "who knows" }),
      row({ exit_code: "x" }),
      row({ duration: 6 }),
    ].join("\n"),
  );
  const result = await imported("ndjson", file, "--machine", "old-1", "--create-machines");
  expect(result).toMatchObject({ status: 1, good: 2, accepted: 2 });
  const rejects = readFileSync(path(`${file}.rejects.ndjson`), "utf8")
    .trim()
    .split("\n");
  expect(rejects.map((one) => JSON.parse(one) as object)).toMatchObject([
    { line: 2, reason: "unreadable", text: "{not json" },
    { line: 3, reason: "unknown-outcome", detail: "who knows", row: { outcome: "who knows" } },
    { line: 4, reason: "bad-number", row: { exit_code: "x" } },
  ]);
  expect(await stored("mixed")).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ durationSeconds: 6 }),
      expect.objectContaining({ durationSeconds: 5, attributes: { user: "ana" } }),
    ]),
  );
});

test("the examples of every kind of source are stored with their times, outcomes and names", async () => {
  const example = (name: string) => join(import.meta.dirname, "../../../../examples/import", name);
  const all = ["--create-machines", "--zone", "America/Sao_Paulo"];
  await imported("csv", example("runs.csv"), ...all, "--map", "start=begin_ts,attributes.queue=queue");
  await imported("ndjson", example("runs.ndjson"), ...all, "--machine", "web-1");
  await imported("mysql", example("log.sql"), ...all, "--machine-names", "7=web-1,9=db-1");
  await imported("journal", example("journal.ndjson"), ...all, "--kind", "cron");
  const record = Buffer.alloc(64);
  record[1] = 3;
  record.writeUInt32LE(9, 4); // killed
  record.writeUInt32LE(4711, 16);
  record.writeUInt32LE(Date.UTC(2026, 2, 2, 5) / 1000, 24);
  record.writeFloatLE(250, 28);
  record.write("rotate.sh", 48);
  writeFileSync(path("pacct"), record);
  await imported("acct", "pacct", "--machine", "web-1", "--command", "rotate.sh");
  expect((await stored("nightly backup"))[0]).toMatchObject({
    startedAt: "2026-03-04T05:00:00.000000Z",
    durationSeconds: 1.2,
    outcome: "failed",
    attributes: { queue: "slow" },
  });
  expect((await stored("invoice")).map(({ outcome }) => outcome)).toEqual(["failed", "ok"]);
  expect(await stored("fechamento")).toMatchObject([
    { step: "conciliação", durationSeconds: 420 },
    { startedAt: "2026-03-02T04:00:00.000000Z", durationSeconds: 750.25, kind: "cron" },
  ]);
  expect(await stored("GET /relatório")).toMatchObject([
    { machine: "db-1", kind: "web", durationSeconds: 1.5 },
  ]);
  expect(await stored("certbot")).toMatchObject([{ kind: "cron", durationSeconds: 7.25, cpuSeconds: 1.75 }]);
  expect(await stored("rotate.sh")).toMatchObject([
    { exitCode: 137, outcome: "failed", durationSeconds: 2.5 },
  ]);
});

test("an import that is killed goes on where it was, and counts nothing twice", async () => {
  const rows = 11_000;
  const start = Date.UTC(2025, 5, 1) / 1000;
  const lines = Array.from({ length: rows }, (_, i) => `killed,${start + i * 60},${start + i * 60 + 7}`);
  writeFileSync(path(), `process,start,end\n${lines.join("\n")}\n`);
  const argv = ["import", "csv", file, "--machine", "old-2", "--create-machines"];
  const progress = join(system.folder, ".local/state/culprit/import");
  mkdirSync(progress, { recursive: true });
  const child = system.spawn(argv);
  while (!readdirSync(progress).some((name) => name.endsWith(".json")) && child.exitCode === null)
    await new Promise((wait) => setTimeout(wait, 5));
  child.kill("SIGKILL");
  await once(child, "exit");
  const { continuedAfterRows, ...result } = await imported(...argv.slice(1));
  expect(continuedAfterRows).toBeGreaterThan(0);
  expect(continuedAfterRows).toBeLessThan(rows);
  expect(result).toMatchObject({ good: rows });
  expect(await imported(...argv.slice(1))).toMatchObject({ accepted: 0, duplicates: rows });
  const { out } = await system.command(["stats", "killed", "--since", "3650d", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ summary: { statistics: { count: rows } } });
}, 60_000);

test("what can't be guessed is asked for, and a wrong option changes nothing", async () => {
  writeFileSync(path(), "what,when,how long\na,2025-01-01 00:00:00,3\n");
  const explained = async (...argv: string[]) => {
    const { status, errors } = await run("csv", file, ...argv);
    expect(status).toBe(2);
    return errors;
  };
  expect(await explained("--machine", "old-1")).toContain("what, when, how long");
  expect(await explained("--map", "process=what", "--machine", "old-1")).toContain("start");
  expect(await explained("--map", "process=what,start=when,duration=how long")).toContain("--machine");
  expect(await explained("--zone", "Mars/Olympus")).toContain("Mars/Olympus");
  expect(await explained("--map", "process=nothing")).toContain("nothing");
  expect((await run("csv", "absent.csv", "--machine", "old-1")).errors).toContain("absent.csv");
  writeFileSync(path("empty.csv"), "");
  expect((await run("csv", "empty.csv", "--machine", "old-1")).status).toBe(2);
});
