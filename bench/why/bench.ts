/**
 * `GET /executions/{id}/why` of slow runs with 10 million executions stored, and the fit of the last 30 days that it rests on:
 * time of each, how many name the planted culprit, and the hub's memory.
 *
 *     npm run bench -- why [--executions 10000000] [--questions 100]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { culprits, deviatingExecution, HubClient, list, why, type Execution } from "@culprit/protocol";
import { startHubProcess, type HubProcess } from "../pages/hub-process.ts";
import { quantile } from "../pages/quantile.ts";
import { fillCrowdedFleet } from "./crowded-fleet.ts";

const webRoot = fileURLToPath(new URL("../../packages/web/dist", import.meta.url));

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      executions: { type: "string", default: "10000000" },
      questions: { type: "string", default: "100" },
    },
  });
  const dataDir = await mkdtemp(join(tmpdir(), "culprit-why-"));
  let hub: HubProcess | undefined;
  try {
    const until = Math.floor(Date.now() / 60_000) * 60_000_000;
    const fleet = { machines: 20, executions: Number(values.executions), days: 364, until };
    const begun = performance.now();
    await fillCrowdedFleet(join(dataDir, "culprit.duckdb"), fleet);
    console.log(`filled ${values.executions} executions in ${seconds(performance.now() - begun)} s`);
    hub = await startHubProcess({ dataDir, shiftMicros: until - Date.now() * 1000, webRoot });
    const client = new HubClient({ hub: hub.address, token: hub.token });
    await waitForFit(client);
    const ranking = await timed(hub, Array.from({ length: 20 }), () => client.get("/culprits", culprits));
    const slow = await slowRuns(client, Number(values.questions));
    let named = 0;
    const answers = await timed(hub, slow, async ({ id, machineId }) => {
      const { shares } = await client.get(`/executions/${id}/why`, why, { machine: machineId });
      if (shares.some(({ process }) => process?.endsWith("-10"))) named++;
    });
    const { residentBytes, peakBytes } = await hub.memory();
    console.log(`${named} of ${slow.length} answers name the planted culprit\n`);
    console.log("                       p50 ms  p95 ms  max ms  CPU ms");
    print("/culprits, 30 days", ranking);
    print("why of a slow run", answers);
    console.log(`\nhub: RSS ${megabytes(residentBytes)} MB, peak ${megabytes(peakBytes)} MB`);
  } finally {
    await hub?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The hub fits by itself soon after it starts. */
async function waitForFit(client: HubClient): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const found = await client.get("/culprits", culprits);
    if (found.fittedAt !== null) {
      console.log(
        `the first fit was there after ${seconds(performance.now() - begun)} s: ${found.culprits.length} culprits, ` +
          `${found.slowRuns} slow runs, coverage ${found.coverage?.toFixed(2)}`,
      );
      return;
    }
    if (performance.now() - begun > 300_000) throw new Error("nothing was fitted in five minutes");
  }
}

/** Of the last days, spread over them. */
async function slowRuns(client: HubClient, count: number): Promise<Execution[]> {
  const { items } = await client.get("/deviations", list(deviatingExecution), {
    direction: "slow",
    limit: 1000,
    from: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  });
  if (items.length < count) throw new Error(`only ${items.length} runs are slow`);
  const step = Math.floor(items.length / count);
  return items
    .filter((_, at) => at % step === 0)
    .slice(0, count)
    .map(({ execution }) => execution);
}

type Timed = { milliseconds: number[]; cpuMilliseconds: number };

async function timed<T>(
  hub: HubProcess,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<Timed> {
  const milliseconds: number[] = [];
  const cpu = await hub.cpuSeconds();
  for (const item of items) {
    const begun = performance.now();
    await work(item);
    milliseconds.push(performance.now() - begun);
  }
  return { milliseconds, cpuMilliseconds: ((await hub.cpuSeconds()) - cpu) * (1000 / items.length) };
}

function print(name: string, { milliseconds, cpuMilliseconds }: Timed): void {
  const figures = [
    quantile(milliseconds, 0.5),
    quantile(milliseconds, 0.95),
    Math.max(...milliseconds),
    cpuMilliseconds,
  ];
  console.log(name.padEnd(22) + figures.map((one) => one.toFixed(0).padStart(8)).join(""));
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
