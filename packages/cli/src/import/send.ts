/** Sends lists of executions: waits where the hub asks for it, makes lists shorter, and takes out what the hub refuses. */
import { gzip } from "node:zlib";
import { promisify } from "node:util";
import { executionsAccepted, ProblemError, UnreachableError, type HubClient } from "@culprit/protocol";

const pack = promisify(gzip);

export type Prepared = { line: number; json: string };
export type Sent = { accepted: number; duplicates: number; refused: { item: Prepared; detail: string }[] };

export type Patience = {
  /** Of waiting for a hub that is busy or away, without a success between. */
  seconds: number;
  wait: (seconds: number) => Promise<void>;
  random: () => number;
};

const nothing = { accepted: 0, duplicates: 0, refused: [] };

export async function send(hub: HubClient, items: readonly Prepared[], patience: Patience): Promise<Sent> {
  if (items.length === 0) return nothing;
  try {
    return { ...(await persist(hub, items, patience)), refused: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { code, items: faults = [] } = error.problem;
    if ((code === "too-many-items" || code === "too-large") && items.length > 1) {
      const middle = Math.ceil(items.length / 2);
      const first = await send(hub, items.slice(0, middle), patience);
      return together(first, await send(hub, items.slice(middle), patience));
    }
    if ((code !== "invalid-request" && code !== "forbidden") || faults.length === 0) throw error;
    const refused = new Map(faults.map(({ index, path, detail }) => [index, `${path}: ${detail}`]));
    const rest = await send(
      hub,
      items.filter((_, index) => !refused.has(index)),
      patience,
    );
    const bad = [...refused].map(([index, detail]) => ({ item: items[index]!, detail }));
    return together({ ...nothing, refused: bad }, rest);
  }
}

function together(a: Sent, b: Sent): Sent {
  return {
    accepted: a.accepted + b.accepted,
    duplicates: a.duplicates + b.duplicates,
    refused: [...a.refused, ...b.refused],
  };
}

async function persist(hub: HubClient, items: readonly Prepared[], patience: Patience) {
  const bytes = await pack(items.map(({ json }) => json).join("\n"), { level: 1 });
  const body = { bytes, type: "application/x-ndjson", encoding: "gzip" };
  let waited = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      return await hub.request("POST", "/executions", executionsAccepted, { body });
    } catch (error) {
      const wish = waitFor(error, attempt, patience.random);
      if (wish === null || waited >= patience.seconds) throw error;
      const seconds = Math.min(wish, patience.seconds - waited);
      await patience.wait(seconds);
      waited += seconds;
    }
  }
}

/** Null: waiting does not help. */
function waitFor(error: unknown, attempt: number, random: () => number): number | null {
  const backOff = Math.min(60, 2 ** Math.min(attempt, 6)) * (0.5 + random() / 2);
  if (error instanceof UnreachableError) return backOff;
  if (!(error instanceof ProblemError)) return null;
  const { status, retryAfterSeconds = 0 } = error.problem;
  return status === 429 || status >= 502 ? Math.max(retryAfterSeconds, backOff) : null;
}
