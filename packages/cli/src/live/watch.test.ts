/** `culprit watch` and `status` against a real hub and agent, and the screen on a real pseudo-terminal. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { HubClient, liveStatus, machineCreated } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { builtMain, TestSystem } from "../testing/system.ts";

const system = new TestSystem();
const name = hostname();

beforeAll(async () => {
  await system.start(["up"], /http:\S+\/sign-in#once=/);
  await vi.waitFor(
    async () => expect((await system.command(["status", name, "--json"])).out).toContain('"live"'),
    { timeout: 20_000, interval: 200 },
  );
}, 60_000);
afterAll(() => system.stop());

test("the status of a machine is asked of the machine", async () => {
  const { status, out, errors } = await system.command(["status", name]);
  expect({ status, errors }).toEqual({ status: 0, errors: "" });
  expect(out).toMatch(/^Now, over the last [\d.]+ m?s$/m);
  expect(out).toMatch(/^Memory used +[\d.]+ \w+ \/ [\d.]+ \w+$/m);
  expect(out).toMatch(/^ +PID +USER +CPU +MEMORY +I\/O +PROCESS \(\d+ in all\)$/m);
});

test("without a terminal each look is a line, or JSON", async () => {
  const lines = await system.command(["watch", name, "--count", "2", "--every", "1"]);
  expect(lines.out).toMatch(
    new RegExp(`^[\\d-]+ [\\d:]+ ${name}: CPU [\\d.]+%, memory .*\\n[\\d-]+ [\\d:]+ ${name}: `),
  );
  const { out } = await system.command(["watch", name, "--count", "1", "--json"]);
  expect(liveStatus.parse(JSON.parse(out)).machine).toBe(name);
});

test("who is asked wrongly is told so at once, and a machine that is silent is no look", async () => {
  const unknown = await system.command(["watch", "no-such-machine"]);
  expect(unknown.status).toBe(1);
  expect(unknown.errors).toContain("there is no machine no-such-machine");
  expect((await system.command(["watch", name, "--every", "0"])).status).toBe(2);
  await addMachine("asleep");
  const silent = await system.command(["watch", "asleep", "--count", "1"]);
  expect(silent).toEqual({
    status: 1,
    out: "",
    errors: "asleep: asleep is silent and has no open channel to this hub",
  });
});

test("machines that can't be watched are not offered for it", async () => {
  await addMachine("away");
  const offered = async (command: string) =>
    (await system.command(["completion", "words", "--", command, ""])).out.split("\n");
  expect(await offered("status")).toEqual(expect.arrayContaining([name, "away"]));
  expect(await offered("watch")).toEqual([name]);
});

/** What the hub leaves for its own user. */
function ownCredentials(): { hub: string; token: string } {
  const file = join(system.folder, "culprit-data/cli-token");
  return z.object({ hub: z.string(), token: z.string() }).parse(parse(readFileSync(file, "utf8")));
}

async function addMachine(machine: string): Promise<{ hub: string; token: string }> {
  const { hub, token } = ownCredentials();
  const made = await new HubClient({ hub, token }).post("/machines", machineCreated, { name: machine });
  return { hub, token: made.token };
}

/** As its agent sends it: ten minutes, every ten seconds, half busy but for the last minute. */
async function addMeasuredMachine(machine: string, end: number): Promise<void> {
  const { hub, token } = await addMachine(machine);
  const cpu = (mode: string) => ({
    metric: "system.cpu.utilization",
    attributes: { "cpu.mode": mode },
    unit: "1",
    type: "gauge",
  });
  const points = {
    series: [] as number[],
    at: [] as number[],
    value: [] as number[],
    intervalSeconds: [] as number[],
  };
  for (let at = end - 600; at < end; at += 10) {
    for (const [series, value] of [at < end - 60 ? 0.5 : 1, 0.25].entries()) {
      points.series.push(series);
      points.at.push(at * 1e6);
      points.value.push(value);
      points.intervalSeconds.push(0);
    }
  }
  const batch = {
    protocol: 1,
    stream: "host-00000001",
    sequence: 1,
    kind: "samples",
    series: [cpu("user"), cpu("idle")],
    points,
  };
  const answer = await fetch(`${hub}/api/v1/intake`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
    body: `${JSON.stringify(batch)}\n`,
  });
  expect(answer.status).toBe(200);
}

test("the history of a machine is averaged, saved, added to and loaded again, and a broken line is named", async () => {
  const end = Math.floor(Date.now() / 60_000) * 60;
  await addMeasuredMachine("kept", end);
  const history = (...argv: string[]) => system.command(["history", "kept", ...argv]);
  const instant = (seconds: number) => new Date(seconds * 1000).toISOString();
  const first = await history("--until", instant(end - 300), "--save", "kept.ndjson");
  expect(first.errors).toBe(
    "5 records added to kept.ndjson.".replace("kept.ndjson", join(system.folder, "kept.ndjson")),
  );
  expect(first.out).toMatch(/^kept: 5 records, /);
  expect(first.out).toMatch(/^CPU +50% +50% +50% +50%$/m);
  const second = await history("--save", "kept.ndjson");
  expect(second.errors).toContain("5 records added");
  const all = z.object({
    records: z.number(),
    figures: z.object({ cpuShare: z.object({ average: z.number(), highest: z.number() }) }),
  });
  const loaded = async (...argv: string[]) =>
    all.parse(JSON.parse((await history("--load", "kept.ndjson", "--json", ...argv)).out));
  expect(await loaded()).toEqual({ records: 10, figures: { cpuShare: { average: 0.55, highest: 1 } } });
  expect(await loaded("--since", instant(end - 120))).toEqual({
    records: 2,
    figures: { cpuShare: { average: 0.75, highest: 1 } },
  });
  expect((await history("--save", "kept.ndjson", "--step", "5m")).errors).toContain("cover 60 s each");
  const file = join(system.folder, "kept.ndjson");
  appendFileSync(file, '{"machine":"kept","at":"2026');
  const added = await history("--save", "kept.ndjson", "--since", instant(end - 600));
  expect(added.errors).toContain("these lines are no records and were left out: 11");
  expect(added.errors).toContain("0 records added");
  appendFileSync(file, `\n${readFileSync(file, "utf8").split("\n")[0]}\n`);
  const broken = await history("--load", "kept.ndjson");
  expect(broken.status).toBe(1);
  expect(broken.out).toMatch(/^kept: 10 records, /);
  const another = await system.command(["history", "other", "--load", "kept.ndjson"]);
  expect(another).toMatchObject({ status: 1, out: "" });
  expect(another.errors).toContain("It has records of: kept");
});

test("hubs are kept by name, used by name, and no token is ever shown", async () => {
  const { hub, token } = ownCredentials();
  const elsewhere = { XDG_CONFIG_HOME: join(system.folder, "config"), CULPRIT_DATA_DIR: "nowhere" };
  const profile = (...argv: string[]) => system.command(["profile", ...argv], elsewhere);
  const other = hub.replace("127.0.0.1", "localhost");
  const shown = [
    await profile("add", "here", "--hub", hub, "--token", token),
    await profile("add", "there", "--hub", other, "--token", token),
    await profile("list"),
    await profile("use", "there"),
    await profile("list", "--json"),
    await system.command(["machines", "--profile", "here"], elsewhere),
    await system.command(["machines"], elsewhere),
    await profile("remove", "here"),
    await profile("list"),
  ];
  expect(shown.map(({ status }) => status)).toEqual(shown.map(() => 0));
  expect(shown.map(({ out, errors }) => out + errors).join("\n")).not.toContain(token);
  expect(shown[2]!.out).toMatch(/^\* +here +\S+\n +there +/m);
  expect(JSON.parse(shown[4]!.out)).toMatchObject({
    items: [{ current: false }, { name: "there", current: true }],
  });
  expect(shown[8]!.out).not.toMatch(/\bhere\b/);
  expect((await profile("add", "wrong", "--hub", hub, "--token", "no-such-token")).status).toBe(1);
  expect((await profile("use", "wrong")).status).toBe(2);
});

type OnTerminal = { output: () => string; type: (keys: string) => void; ended: Promise<number> };

/** On a pseudo-terminal of 80 columns and 24 rows, as script(1) makes it. */
function onTerminal(before: string, ...argv: string[]): OnTerminal {
  const program = [process.execPath, builtMain, ...argv].map((word) => `'${word}'`);
  const command = `stty rows 24 cols 80; ${before} exec ${program.join(" ")}`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    cwd: system.folder,
    env: { ...system.environment, TERM: "xterm", SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return {
    output: () => output,
    type: (keys) => void child.stdin.write(keys),
    ended: once(child, "exit").then(([status]) => Number(status)),
  };
}

const enter = "\u001b[?1049h";
const leave = "\u001b[?25h\u001b[?1049l";
const soon = { timeout: 15_000, interval: 50 };

test("on a terminal the view takes the whole screen, obeys its keys, and leaves the terminal as it was", async () => {
  const { output, type, ended } = onTerminal("", "watch", name, "--every", "1");
  await vi.waitFor(() => expect(output()).toMatch(/^CPU .*\d%/m), soon);
  expect(output().startsWith(enter)).toBe(true);
  type("s");
  await vi.waitFor(() => expect(output()).toContain("s sort: memory"), soon);
  type("?");
  await vi.waitFor(() => expect(output()).toContain("fg goes on"), soon);
  type("q");
  expect(await ended).toBe(0);
  expect(output().endsWith(leave)).toBe(true);
});

test("a signal that ends it, too, leaves the terminal as it was; and NO_COLOR leaves no colour", async () => {
  const { output, ended } = onTerminal("echo pid $$ end; NO_COLOR=1", "watch", name);
  await vi.waitFor(() => expect(output()).toMatch(/^CPU .*\d%/m), soon);
  process.kill(Number(/pid (\d+) end/.exec(output())![1]), "SIGTERM");
  expect(await ended).toBe(128 + 15);
  expect(output().endsWith(leave)).toBe(true);
  expect(output()).not.toMatch(/\u001b\[\d+m/);
});

test("a crash leaves the terminal as it was, and what it says can be read", async () => {
  const crash = `process.on("SIGUSR2", () => { throw new Error("an accident"); })`;
  const before = `echo pid $$ end; export NODE_OPTIONS='--import=data:text/javascript,${encodeURIComponent(crash)}';`;
  const { output, ended } = onTerminal(before, "watch", name);
  await vi.waitFor(() => expect(output()).toMatch(/^CPU .*\d%/m), soon);
  process.kill(Number(/pid (\d+) end/.exec(output())![1]), "SIGUSR2");
  expect(await ended).toBe(1);
  expect(output().slice(output().lastIndexOf(leave))).toContain("an accident");
});
