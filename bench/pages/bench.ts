/**
 * What the dashboard's pages ask of a hub with 30 days of 20 machines and a week of 500 checks, while agents go on sending: time and CPU of each
 * request, one after another and four at once; the hub's memory; and how long the timeline takes to draw.
 *
 *     npm run bench -- pages [--rounds 15] [--no-drawing]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { execution, HubClient, list, machine } from "@culprit/protocol";
import { measureDrawing } from "./drawing.ts";
import { fillChecks } from "./filled-checks.ts";
import { filledStore } from "./filled-store.ts";
import { startHubProcess, type HubProcess } from "./hub-process.ts";
import { pageRequests, type PageRequest } from "./page-requests.ts";
import { quantile } from "./quantile.ts";
import { giveTokens, startAgents } from "./steady-agents.ts";

const webRoot = fileURLToPath(new URL("../../packages/web/dist", import.meta.url));

type Measured = { milliseconds: number[]; cpuMilliseconds: number; bytes: number };

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    allowNegative: true,
    options: {
      rounds: { type: "string", default: "15" },
      drawing: { type: "boolean", default: true },
      only: { type: "string" },
    },
  });
  const dataDir = await mkdtemp(join(tmpdir(), "culprit-pages-"));
  let hub: HubProcess | undefined;
  try {
    const file = join(dataDir, "culprit.duckdb");
    const { until } = await filledStore(file);
    await fillChecks(file, until);
    const tokens = await giveTokens(file);
    const shiftMicros = until - Date.now() * 1000;
    hub = await startHubProcess({ dataDir, shiftMicros, webRoot });
    const now = () => Date.now() * 1000 + shiftMicros;
    const agents = startAgents(hub.address, tokens, now);
    const wanted = new RegExp(values.only ?? "");
    const requests = await subjects(hub, now()).then((all) =>
      all.filter(({ page, name }) => wanted.test(`${page} ${name}`)),
    );
    const rounds = Number(values.rounds);
    const firstFit = await measure(hub, { page: "", name: "", path: "/api/v1/processes" }, 1);
    console.log(`the first answer that needs normals: ${firstFit.milliseconds[0]!.toFixed(0)} ms`);
    const alone: Measured[] = [];
    for (const request of requests) alone.push(await measure(hub, request, rounds));
    const together = await measureTogether(hub, requests, Math.ceil(rounds / 3), 4);
    printRequests(requests, alone, together);
    const busy = await hub.memory();
    await sleep(30_000);
    const rest = await hub.memory();
    console.log(
      `\nhub with steady agents: RSS ${megabytes(busy.residentBytes)} MB after that, ` +
        `${megabytes(rest.residentBytes)} MB half a minute later, peak ${megabytes(rest.peakBytes)} MB`,
    );
    if (values.drawing) await measureDrawing(hub, now());
    await agents.stop();
  } finally {
    await hub?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function subjects({ address, token }: HubProcess, now: number): Promise<PageRequest[]> {
  const client = new HubClient({ hub: address, token });
  const { items: machines } = await client.get("/machines", list(machine));
  const { items: runs } = await client.get("/executions", list(execution), { limit: 1000, outcome: "ok" });
  // The longest of the newest, within what OS processes were stored of: its page has most to show.
  const run = runs.toSorted((a, b) => (b.durationSeconds ?? 0) - (a.durationSeconds ?? 0))[0]!;
  return pageRequests({ now, machines: machines.map(({ id }) => id), run });
}

async function ask({ address, token }: HubProcess, { path }: PageRequest): Promise<number> {
  const response = await fetch(address + path, { headers: { authorization: `Bearer ${token}` } });
  const body = await response.arrayBuffer();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${new TextDecoder().decode(body)}`);
  return body.byteLength;
}

async function measure(hub: HubProcess, request: PageRequest, rounds: number): Promise<Measured> {
  const milliseconds: number[] = [];
  let bytes = 0;
  const cpu = await hub.cpuSeconds();
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    bytes = await ask(hub, request);
    milliseconds.push(performance.now() - begun);
  }
  return { milliseconds, cpuMilliseconds: (((await hub.cpuSeconds()) - cpu) / rounds) * 1000, bytes };
}

async function measureTogether(
  hub: HubProcess,
  requests: readonly PageRequest[],
  rounds: number,
  atOnce: number,
): Promise<number[][]> {
  const milliseconds: number[][] = requests.map(() => []);
  const queue = Array.from({ length: rounds }, () => [...requests.keys()])
    .flat()
    .values();
  const worker = async () => {
    for (const index of queue) {
      const begun = performance.now();
      await ask(hub, requests[index]!);
      milliseconds[index]!.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return milliseconds;
}

function printRequests(requests: readonly PageRequest[], alone: Measured[], together: number[][]): void {
  console.log("\n                                      one by one        ---   four at once");
  console.log("page       request                    p50 ms  p95 ms  CPU ms  p50 ms  p95 ms      kB");
  for (const [index, { page, name }] of requests.entries()) {
    const { milliseconds, cpuMilliseconds, bytes } = alone[index]!;
    const figures = [
      quantile(milliseconds, 0.5),
      quantile(milliseconds, 0.95),
      cpuMilliseconds,
      quantile(together[index]!, 0.5),
      quantile(together[index]!, 0.95),
      bytes / 1000,
    ];
    console.log(
      page.padEnd(11) + name.padEnd(25) + figures.map((one) => one.toFixed(0).padStart(8)).join(""),
    );
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
