/**
 * Thousands of agents in one process: each holds its channel and sends a sample every ten seconds by the rules of the
 * real one (back-off with full jitter, Retry-After, the same batch again until it is acknowledged). `bench.ts` forks it.
 */
import http from "node:http";
import { WebSocket } from "ws";
import { fromHub, protocolVersion, type IntakeAnswer } from "@culprit/protocol";
import { Backoff } from "../../packages/agent/src/backoff.ts";
import { pointsPerUpload, Ticks } from "./upload.ts";

export type AgentsReport = {
  connected: number;
  /** Uploads since the report before. */
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
  #stored = 0;
  #made = 0;
  #sending = false;
  connected = false;

  constructor({ port, tokens }: Wish, index: number) {
    this.#port = port;
    this.#token = tokens[index]!;
    this.#index = index;
  }

  get isBehind(): boolean {
    return this.#made - this.#stored > 1;
  }

  start(intervalSeconds: number): void {
    const offset = Math.random() * intervalSeconds * 1000;
    setTimeout(() => this.#connect(), offset);
    setTimeout(() => {
      this.#sample();
      setInterval(() => this.#sample(), intervalSeconds * 1000);
    }, offset);
  }

  close(): void {
    this.#socket?.terminate();
  }

  #sample(): void {
    this.#made++;
    if (!this.#sending) void this.#send();
  }

  /** Sends what is not stored, one after another, until the hub has all. */
  async #send(): Promise<void> {
    this.#sending = true;
    const begun = performance.now();
    while (this.#stored < this.#made) {
      const upload = ticks.upload(this.#index, this.#stored + 1, Date.now() * 1000);
      const answer = await this.#post(upload).catch(() => null);
      if (answer?.status === 200) {
        this.#stored = JSON.parse(answer.text).marks[0].sequence as IntakeAnswer["marks"][0]["sequence"];
        this.#uploadBackoff.reset();
        report.stored++;
        continue;
      }
      if (answer) report.refused++;
      else report.failed++;
      await new Promise((resolve) =>
        setTimeout(resolve, this.#uploadBackoff.next(answer?.retryAfter ?? 0) * 1000),
      );
    }
    report.waits.push(performance.now() - begun);
    this.#sending = false;
  }

  #post(body: Uint8Array): Promise<{ status: number; text: string; retryAfter: number }> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: "127.0.0.1",
          port: this.#port,
          path: "/api/v1/intake",
          method: "POST",
          agent: this.#wire,
          timeout: 30_000,
          headers: {
            authorization: `Bearer ${this.#token}`,
            "content-type": "application/x-ndjson",
            "content-encoding": "gzip",
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
    process.send!({ started: fleet.length, pointsPerUpload });
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
