/** Agents of all machines at their default intervals: host samples every 10 s, OS processes every 60 s, busy ones every 5 s. */
import { gzipSync } from "node:zlib";
import { HubClient, intakeAnswer, protocolVersion, type Micros } from "@culprit/protocol";
import { hashSecret, makeSecret } from "../../packages/hub/src/auth/secrets.ts";
import { openStore } from "../../packages/hub/src/store/open.ts";
import { Server } from "../intake/snapshot.ts";
import { series } from "../store/series-list.ts";

const second = 1_000_000;

/** Gives each machine of a store that no hub has open a token. */
export async function giveTokens(file: string): Promise<string[]> {
  const now = Date.now() * 1000;
  const store = await openStore(`duckdb:${file}`, { clock: { now: () => now } });
  const tokens: string[] = [];
  for (const { machineId, name } of await store.machines.list()) {
    const token = makeSecret("machine");
    await store.access.addToken({
      hash: hashSecret(token)!,
      kind: "machine",
      name,
      role: null,
      machineId,
      userId: null,
      usesLeft: null,
      madeBy: null,
      createdAt: now,
      expiresAt: null,
    });
    tokens.push(token);
  }
  await store.close();
  return tokens;
}

/** Sends until it is stopped; a batch that is not stored fails `stop`. */
export function startAgents(hub: string, tokens: readonly string[], now: () => Micros) {
  const failures: unknown[] = [];
  const agents = tokens.map((token, index) => new SimulatedAgent(new HubClient({ hub, token }), index, now));
  const starts = agents.map((agent, index) =>
    setTimeout(
      () => {
        const send = () => void agent.send().catch((error: unknown) => failures.push(error));
        send();
        timers.push(setInterval(send, 10_000));
      },
      (index * 10_000) / agents.length,
    ),
  );
  const timers: NodeJS.Timeout[] = [];
  return {
    async stop(): Promise<void> {
      for (const timer of [...starts, ...timers]) clearTimeout(timer);
      await Promise.allSettled(agents.map((agent) => agent.sent));
      if (failures.length > 0) throw new AggregateError(failures, "agents could not send");
    },
  };
}

class SimulatedAgent {
  sent: Promise<void> = Promise.resolve();
  readonly #client: HubClient;
  readonly #now: () => Micros;
  readonly #all: Server;
  readonly #busy: Server;
  #sequence = 0;

  constructor(client: HubClient, seed: number, now: () => Micros) {
    this.#client = client;
    this.#now = now;
    this.#all = new Server(seed + 1, 300, now() - 86_400 * second);
    this.#busy = new Server(seed + 1001, 5, now() - 86_400 * second);
  }

  send(): Promise<void> {
    return (this.sent = this.#send());
  }

  async #send(): Promise<void> {
    const sequence = ++this.#sequence;
    const at = this.#now();
    const minute = sequence % 6 === 1;
    const batch = {
      protocol: protocolVersion,
      stream: "bench-samples",
      sequence,
      kind: "samples",
      series: series.map(({ metric, attributes, unit, type }) => ({ metric, attributes, unit, type })),
      points: {
        series: series.map((_, index) => index),
        at: series.map(() => at),
        value: series.map(() => Math.round(Math.random() * 1000) / 1000),
        intervalSeconds: series.map(({ type }) => (type === "counter" ? 10 : 0)),
      },
      osProcesses: minute ? this.#all.snapshot(at, 60) : this.#busy.snapshot(at, 5),
    };
    const bytes = new Uint8Array(gzipSync(`${JSON.stringify(batch)}\n`, { level: 1 }));
    const body = { bytes, type: "application/x-ndjson", encoding: "gzip" };
    const { acknowledgements } = await this.#client.request("POST", "/intake", intakeAnswer, { body });
    if (acknowledgements[0]?.status !== "stored") throw new Error(JSON.stringify(acknowledgements[0]));
  }
}
