/**
 * Thousands of agents in one process: each holds its channel and sends a sample every ten seconds by the rules of the real
 * one (back-off with full jitter, Retry-After, what waits goes together, the same batch again until the hub has it, whose
 * marks are read after each failure). `bench.ts` forks it.
 */
import http from "node:http";
import { WebSocket } from "ws";
import { fromHub, protocolVersion, type IntakeMarks } from "@culprit/protocol";
import { Backoff } from "../../packages/agent/src/backoff.ts";
import { pointsPerBatch, Ticks } from "./batches.ts";

export type AgentsReport = {
  connected: number;
  /** Batches since the report before. */
  stored: number;
  refused: number;
  failed: number;
  /** From the first attempt to the acknowledgement, milliseconds. */
  waits: number[];
  /** Agents whose newest sample is not stored yet though a tick has passed. */
  behind: number;
  channelsRefused: number;
  channelsFailed: number;
  cpuSeconds: number;
};

type Wish = { port: number; tokens: readonly string[]; intervalSeconds: number };
export type ToAgents = { do: "start"; wish: Wish } | { do: "report" } | { do: "stop" };

const limits = { firstSeconds: 1, mostSeconds: 60 };
const batchesPerUpload = 500;
const agentVersion = "bench";
const ticks = new Ticks();
const fleet: SimulatedAgent[] = [];
let report = emptyReport();

class SimulatedAgent {
  readonly #port: number;
  readonly #token: string;
  readonly #index: number;
  readonly #channelBackoff = new Backoff(limits, Math.random);
  /** One connection that is kept, as the agent does. */
  readonly #wire = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #uploadBackoff = new Backoff(limits, Math.random);
  #socket: WebSocket | null = null;
  /** Batches, of which the first has the sequence `#stored + 1`. */
  readonly #spool: Uint8Array[] = [];
  #stored = 0;
  #sending = false;
  #knowsMarks = false;
  connected = false;

  constructor({ port, tokens }: Wish, index: number) {
    this.#port = port;
    this.#token = tokens[index]!;
    this.#index = index;
  }

  get isBehind(): boolean {
    return this.#spool.length > 1;
  }

  start(intervalSeconds: number): void {
    const offset = Math.random() * intervalSeconds * 1000;
    setTimeout(() => this.#connect(), offset);
    this.#sampleAt(performance.now() + offset, intervalSeconds * 1000);
  }

  close(): void {
    this.#socket?.terminate();
  }

  /** By the clock: a generator that once was late for thousands must not have them all come together from then on. */
  #sampleAt(instant: number, interval: number): void {
    setTimeout(() => {
      this.#sample();
      this.#sampleAt(instant + interval, interval);
    }, instant - performance.now());
  }

  #sample(): void {
    this.#spool.push(ticks.batch(this.#index, this.#stored + this.#spool.length + 1, Date.now() * 1000));
    if (!this.#sending) void this.#send();
  }

  /** Sends what is not stored until the hub has all. */
  async #send(): Promise<void> {
    this.#sending = true;
    const begun = performance.now();
    while (this.#spool.length > 0) {
      const answer = await (
        this.#knowsMarks
          ? this.#request("POST", Buffer.concat(this.#spool.slice(0, batchesPerUpload)))
          : this.#request("GET", Buffer.alloc(0))
      ).catch(() => null);
      if (answer?.status === 200) {
        this.#took(JSON.parse(answer.text) as IntakeMarks);
        continue;
      }
      this.#knowsMarks = false;
      if (answer) report.refused++;
      else report.failed++;
      await new Promise((resolve) =>
        setTimeout(resolve, this.#uploadBackoff.next(answer?.retryAfter ?? 0) * 1000),
      );
    }
    report.waits.push(performance.now() - begun);
    this.#sending = false;
  }

  #took({ marks }: IntakeMarks): void {
    const stored = marks[0]?.sequence ?? 0;
    report.stored += stored - this.#stored;
    this.#spool.splice(0, stored - this.#stored);
    this.#stored = stored;
    this.#knowsMarks = true;
    this.#uploadBackoff.reset();
  }

  #request(
    method: "GET" | "POST",
    body: Uint8Array,
  ): Promise<{ status: number; text: string; retryAfter: number }> {
    const type = { "content-type": "application/x-ndjson", "content-encoding": "gzip" };
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: "127.0.0.1",
          port: this.#port,
          path: "/api/v1/intake",
          method,
          agent: this.#wire,
          timeout: 30_000,
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(method === "POST" ? type : {}),
            "content-length": body.byteLength,
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => (text += part));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              text,
              retryAfter: Number(response.headers["retry-after"] ?? 0),
            }),
          );
        },
      );
      request.on("timeout", () => request.destroy(new Error("no answer within 30 s")));
      request.on("error", reject);
      request.end(body);
    });
  }

  #connect(): void {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/api/v1/channel`, {
      headers: { authorization: `Bearer ${this.#token}` },
      handshakeTimeout: 20_000,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let retryAfter = 0;
    const say = (message: object) => socket.send(JSON.stringify(message));
    socket.on("open", () =>
      say({
        type: "hello",
        protocol: protocolVersion,
        agentVersion,
        bootId: "bench",
        clock: Date.now() * 1000,
      }),
    );
    socket.on("message", (data: Buffer) => {
      const message = fromHub.parse(JSON.parse(data.toString()));
      if (message.type === "welcome") {
        this.connected = true;
        this.#channelBackoff.reset();
      } else if (message.type === "ping") say({ type: "pong", id: message.id, clock: Date.now() * 1000 });
      else say({ type: "answer", id: message.id, ok: true, result: {} });
    });
    socket.on("unexpected-response", (request, response) => {
      report.channelsRefused++;
      retryAfter = Number(response.headers["retry-after"] ?? 0);
      request.destroy();
      socket.terminate();
    });
    socket.on("error", () => report.channelsFailed++);
    socket.on("close", () => {
      this.connected = false;
      setTimeout(() => this.#connect(), this.#channelBackoff.next(retryAfter) * 1000);
    });
  }
}

function emptyReport(): AgentsReport {
  return {
    connected: 0,
    stored: 0,
    refused: 0,
    failed: 0,
    waits: [],
    behind: 0,
    channelsRefused: 0,
    channelsFailed: 0,
    cpuSeconds: 0,
  };
}

process.on("message", (message: ToAgents) => {
  if (message.do === "start") {
    const first = fleet.length;
    message.wish.tokens.forEach((_, index) => {
      if (index >= first) fleet.push(new SimulatedAgent(message.wish, index));
    });
    for (const agent of fleet.slice(first)) agent.start(message.wish.intervalSeconds);
    process.send!({ started: fleet.length, pointsPerBatch });
  } else if (message.do === "report") {
    const { user, system } = process.cpuUsage();
    report.connected = fleet.filter((agent) => agent.connected).length;
    report.behind = fleet.filter((agent) => agent.isBehind).length;
    report.cpuSeconds = (user + system) / 1e6;
    process.send!(report);
    report = emptyReport();
  } else {
    process.exit(0);
  }
});
