/** Asks for one machine again and again, never twice at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { liveSeconds, liveStatus, ProblemError, type HubClient, type LiveStatus } from "@culprit/protocol";

export type LooksOptions = {
  hub: HubClient;
  machine: string;
  everySeconds: number;
  /** Undefined: until `signal` is aborted. */
  count: number | undefined;
  signal: AbortSignal;
  /** While it answers true nothing is asked. */
  paused: () => boolean;
  onLook: (status: LiveStatus) => void;
  onFailure: (error: unknown) => void;
};

/** Resolves after `count` tries; rejects with what will never get better: no such machine, no right to see it. */
export async function looks(options: LooksOptions): Promise<void> {
  const { everySeconds, count = Number.POSITIVE_INFINITY, signal, paused } = options;
  for (let tries = 0; tries < count;) {
    const started = performance.now();
    if (!paused()) {
      await look(options);
      tries++;
    }
    if (signal.aborted || tries >= count) return;
    const wait = paused() ? 200 : Math.max(0, everySeconds * 1000 - (performance.now() - started));
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

async function look({ hub, machine, signal, onLook, onFailure }: LooksOptions): Promise<void> {
  try {
    onLook(await askLive(hub, machine, signal));
  } catch (error) {
    if (signal.aborted) return;
    if (isFinal(error)) throw error;
    onFailure(error);
  }
}

export function askLive(hub: HubClient, machine: string, signal?: AbortSignal): Promise<LiveStatus> {
  return hub.request("GET", `/machines/${encodeURIComponent(machine)}/live`, liveStatus, {
    timeoutSeconds: liveSeconds.caller,
    ...(signal ? { signal } : {}),
  });
}

function isFinal(error: unknown): boolean {
  return error instanceof ProblemError && [401, 403, 404].includes(error.problem.status);
}
