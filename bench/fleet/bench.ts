/**
 * A fleet on one hub, generator and hub on the same cores: each agent holds its channel and sends host samples every ten
 * seconds, without OS processes. Per size of the fleet: a steady minute, then the hub is killed under it and started again.
 *
 *     npm run bench -- fleet [--sizes 1000,2500,5000,10000] [--seconds 60] [--semi-space 16]
 */
import { execFileSync, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openStore } from "../../packages/hub/src/store/open.ts";
import { startHubProcess, type HubProcess } from "../pages/hub-process.ts";
import { quantile } from "../pages/quantile.ts";
import { giveTokens } from "../pages/steady-agents.ts";
import type { AgentsReport, ToAgents } from "./agents.ts";
import { pointsPerBatch } from "./batches.ts";

const intervalSeconds = 10;
/** How long a size may take to come up, or back after the hub's restart. */
const patienceSeconds = 300;

type Row = {
  agents: number;
  upSeconds: number | null;
  perSecond: number;
  /** Of uploads until they are stored; null if no agent caught up meanwhile. */
  p50: number | null;
  p95: number | null;
  behind: number;
  refused: number;
  failed: number;
  hubCores: number;
  agentCores: number;
  residentBytes: number;
  pageMillis: number;
  /** From its start until the hub answers again, what was stored read. */
  startSeconds: number;
  backSeconds: number | null;
  refusedInStorm: number;
};

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      sizes: { type: "string", default: "1000,2500,5000,10000" },
      seconds: { type: "string", default: "60" },
      // MB of V8's space for what is young, as docs/running.md advises for thousands of machines.
      "semi-space": { type: "string", default: "16" },
    },
  });
  raiseFileLimit();
  const sizes = values.sizes.split(",").map(Number);
  const rows: Row[] = [];
  for (const size of sizes) {
    rows.push(await measure(size, Number(values.seconds), Number(values["semi-space"])));
    print(rows);
  }
}

/** Each agent takes two sockets of the hub and two of the generator; children inherit the limit. */
function raiseFileLimit(): void {
  try {
    execFileSync("prlimit", ["--pid", String(process.pid), "--nofile=65536:65536"], { stdio: "pipe" });
  } catch {
    console.log("can't raise the limit of open files: sizes above a third of it will not come up");
  }
}

async function measure(size: number, seconds: number, semiSpace: number): Promise<Row> {
  const dataDir = await mkdtemp(join(tmpdir(), "culprit-fleet-"));
  const tokens = await enrolled(join(dataDir, "culprit.duckdb"), size);
  const startHub = (port: number) => startHubProcess({ dataDir, listen: `127.0.0.1:${port}` }, semiSpace);
  let hub = await startHub(0);
  const port = Number(new URL(hub.address).port);
  const agents = fork(new URL("agents.ts", import.meta.url), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    await tell(agents, { do: "start", wish: { port, tokens, intervalSeconds } });
    const up = await untilAll(agents, size);
    await tell(agents, { do: "report" });
    const before = { hub: await hub.cpuSeconds(), at: performance.now() };
    const cpuBefore = (await tell(agents, { do: "report" })).cpuSeconds;
    await sleep(seconds * 1000);
    const steady = await tell(agents, { do: "report" });
    const wall = (performance.now() - before.at) / 1000;
    const hubCores = ((await hub.cpuSeconds()) - before.hub) / wall;
    const { residentBytes } = await hub.memory();
    const pageMillis = await pageTime(hub);
    await hub.kill();
    await sleep(5000);
    const startedAt = performance.now();
    hub = await startHub(port);
    const startSeconds = (performance.now() - startedAt) / 1000;
    const back = await untilAll(agents, size);
    return {
      agents: size,
      upSeconds: up.seconds,
      perSecond: steady.stored / wall,
      p50: steady.waits.length === 0 ? null : quantile(steady.waits, 0.5),
      p95: steady.waits.length === 0 ? null : quantile(steady.waits, 0.95),
      behind: steady.behind,
      refused: steady.refused,
      failed: steady.failed,
      hubCores,
      agentCores: (steady.cpuSeconds - cpuBefore) / wall,
      residentBytes,
      pageMillis,
      startSeconds,
      backSeconds: back.seconds,
      refusedInStorm: back.refused,
    };
  } finally {
    agents.send({ do: "stop" } satisfies ToAgents);
    await once(agents, "exit");
    await hub.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Machines in a new store; answers their tokens. */
async function enrolled(file: string, size: number): Promise<string[]> {
  const now = Date.now() * 1000;
  const store = await openStore(`duckdb:${file}`, { clock: { now: () => now } });
  for (let index = 0; index < size; index++) await store.machines.create(`server-${index}`, now);
  await store.close();
  return giveTokens(file);
}

async function tell(agents: ChildProcess, message: ToAgents): Promise<AgentsReport> {
  agents.send(message);
  const [answer] = (await once(agents, "message")) as [AgentsReport];
  return answer;
}

/** Seconds until all channels are open and no sample waits (null if that takes longer than patience), and how often the hub said no. */
async function untilAll(
  agents: ChildProcess,
  size: number,
): Promise<{ seconds: number | null; refused: number }> {
  const begun = performance.now();
  let refused = 0;
  for (;;) {
    await sleep(1000);
    const seconds = (performance.now() - begun) / 1000;
    const report = await tell(agents, { do: "report" });
    refused += report.refused + report.channelsRefused;
    if (report.connected === size && report.behind === 0 && seconds > intervalSeconds)
      return { seconds, refused };
    if (seconds > patienceSeconds) return { seconds: null, refused };
  }
}

/** Of the machines' page, the slowest of five. */
async function pageTime({ address, token }: HubProcess): Promise<number> {
  let slowest = 0;
  for (let round = 0; round < 5; round++) {
    const begun = performance.now();
    const response = await fetch(`${address}/api/v1/machines`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.arrayBuffer();
    slowest = Math.max(slowest, performance.now() - begun);
  }
  return slowest;
}

function print(rows: readonly Row[]): void {
  console.log(
    `\n${pointsPerBatch} points a batch, each agent one every ${intervalSeconds} s; cores used of the machine's\n`,
  );
  console.log(
    "agents  up s  stored/s  p50 ms  p95 ms  behind  refused  failed  hub cores  agents' cores  hub MB  /machines ms  start s  back s  asked to wait",
  );
  for (const row of rows)
    console.log(
      [
        String(row.agents).padStart(6),
        whole(row.upSeconds).padStart(5),
        row.perSecond.toFixed(0).padStart(9),
        whole(row.p50).padStart(7),
        whole(row.p95).padStart(7),
        String(row.behind).padStart(7),
        String(row.refused).padStart(8),
        String(row.failed).padStart(7),
        row.hubCores.toFixed(2).padStart(10),
        row.agentCores.toFixed(2).padStart(14),
        (row.residentBytes / 1e6).toFixed(0).padStart(7),
        row.pageMillis.toFixed(0).padStart(13),
        row.startSeconds.toFixed(1).padStart(8),
        whole(row.backSeconds).padStart(7),
        String(row.refusedInStorm).padStart(14),
      ].join(" "),
    );
}

const whole = (value: number | null): string => (value === null ? "never" : value.toFixed(0));
