/** A machine's page asks how it is at this moment: how long that takes, and what is said of one that can't be reached. */
import { setTimeout as sleep } from "node:timers/promises";
import { liveStatus, ProblemError, type HubClient } from "@culprit/protocol";
import { quantile } from "../pages/quantile.ts";

/** Answers that came within a second are shared: each is asked for after that. */
const apartMillis = 1100;

export async function askLive(client: HubClient, machine: string, times: number): Promise<string> {
  const took: number[] = [];
  for (let count = 0; count < times; count++) {
    const begun = performance.now();
    await client.get(`/machines/${machine}/live`, liveStatus);
    took.push(performance.now() - begun);
    await sleep(Math.max(0, apartMillis - took.at(-1)!));
  }
  const millis = (share: number) => `${quantile(took, share).toFixed(0)} ms`;
  return `p50 ${millis(0.5)}, p95 ${millis(0.95)}, longest ${millis(1)} of ${times}, limit 500 ms`;
}

/** One line for each kind of answer, from now on. */
export async function liveOfLostMachine(
  client: HubClient,
  machine: string,
  times: number,
): Promise<string[]> {
  const lines = new Map<string, string>();
  const start = performance.now();
  for (let count = 0; count < times; count++) {
    const begun = performance.now();
    const answer = await client.get(`/machines/${machine}/live`, liveStatus).then(
      () => "answered",
      (error: unknown) =>
        error instanceof ProblemError ? `${error.problem.status} ${error.message}` : String(error),
    );
    const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
    if (!lines.has(answer))
      lines.set(answer, `${seconds(start)} s after the cut, in ${seconds(begun)} s: ${answer}`);
    await sleep(apartMillis);
  }
  return [...lines.values()];
}
