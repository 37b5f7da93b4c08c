/** How many bytes a second go between this machine and its hub: the median of requests of some length each. */
import {
  networkBenchmarkBytes,
  networkBenchmarkTaken,
  ProblemError,
  type HubClient,
} from "@culprit/protocol";
import { randomFillSync } from "node:crypto";
import { z } from "zod";
import { NotPossible } from "./benchmark.ts";

export type Direction = "network-up" | "network-down";

const firstBytes = 64 * 1024;
/** A request that takes as long is long enough beside the time that it is under way. */
const longEnoughSeconds = 0.2;
const longestSeconds = 5;
const counted = 3;

/** Bytes a second; throws `NotPossible` where the hub does not take it now. */
export async function measureNetwork(
  direction: Direction,
  client: HubClient,
  stopping: AbortSignal,
): Promise<number> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(longestSeconds * 1000)]);
  const rates: number[] = [];
  let sent = 0;
  for (let bytes = firstBytes; rates.length < counted;) {
    if (sent + bytes > networkBenchmarkBytes.run) break;
    const seconds = await timed(() => transfer(direction, client, bytes, signal));
    sent += bytes;
    if (seconds >= longEnoughSeconds || bytes === networkBenchmarkBytes.request) rates.push(bytes / seconds);
    else bytes = Math.min(networkBenchmarkBytes.request, 4 * bytes);
  }
  return rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)]!;
}

async function transfer(
  direction: Direction,
  client: HubClient,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (direction === "network-down") {
      await client.get("/benchmarks/network", z.string().length(bytes), { bytes }, signal);
      return;
    }
    // Nothing on the way can make it smaller.
    const body = { bytes: randomFillSync(new Uint8Array(bytes)), type: "application/octet-stream" };
    await client.request("POST", "/benchmarks/network", networkBenchmarkTaken, { body, signal });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { status, detail, title } = error.problem;
    const full = status === 429 || status === 503;
    throw new NotPossible(full ? "busy" : "failed", detail ?? title);
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
