/**
 * The outgoing connection to the hub: authenticates, says hello, answers pings and requests, and connects again with
 * full jitter. A hub that stops pinging is gone, whatever TCP says.
 */
import { fromHub, protocolVersion, type FromAgent, type FromHub } from "@culprit/protocol";
import { WebSocket, type RawData } from "ws";
import { Backoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import type { ChannelRequests } from "./requests.ts";

export type ChannelOptions = {
  /** The hub's address, http(s). */
  hub: string;
  token: string;
  certificates?: readonly string[];
  agentVersion: string;
  bootId: string;
  requests: ChannelRequests;
  clock: Clock;
  random: () => number;
  log: Log;
};

const handshakeSeconds = 20;
const goodbyeSeconds = 0.5;
const missedPings = 2.5;
const largestFrameBytes = 64 * 1024;

export class Channel {
  readonly #options: ChannelOptions;
  readonly #soon: Backoff;
  readonly #seldom: Backoff;
  #isOpen = false;
  #refused = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#soon = new Backoff({ firstSeconds: 1, mostSeconds: 60 }, options.random);
    this.#seldom = new Backoff({ firstSeconds: 60, mostSeconds: 900 }, options.random);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Runs until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#connectOnce(signal);
      const backoff = this.#refused ? this.#seldom : this.#soon;
      await pause(this.#options.clock, backoff.next(), signal);
    }
  }

  /** Resolves when the connection is over. */
  #connectOnce(signal: AbortSignal): Promise<void> {
    const { hub, token, certificates, clock, log } = this.#options;
    const address = `${hub.replace(/^http/, "ws").replace(/\/+$/, "")}/api/v1/channel`;
    this.#refused = false;
    return new Promise((resolve) => {
      const socket = new WebSocket(address, {
        headers: { authorization: `Bearer ${token}` },
        handshakeTimeout: handshakeSeconds * 1000,
        maxPayload: largestFrameBytes,
        perMessageDeflate: false,
        ...(certificates ? { ca: [...certificates] } : {}),
      });
      const end = () => {
        socket.close(1000);
        clock.after(goodbyeSeconds, () => socket.terminate());
      };
      signal.addEventListener("abort", end);
      let cancelWatch = clock.after(handshakeSeconds, () => socket.terminate());
      let pingSeconds = handshakeSeconds;
      const watchForPings = () => {
        cancelWatch();
        cancelWatch = clock.after(pingSeconds * missedPings, () => socket.terminate());
      };
      socket.on("open", () => this.#hello(socket));
      socket.on("message", (data, isBinary) => {
        const message = isBinary ? null : read(textOf(data));
        if (!message) return socket.close(1003);
        if (message.type === "welcome") pingSeconds = Math.min(Math.max(message.pingSeconds, 1), 600);
        watchForPings();
        void this.#receive(socket, message);
      });
      socket.on("unexpected-response", (request, response) => {
        this.#refused = response.statusCode === 401 || response.statusCode === 403;
        if (this.#refused)
          log.warn("the hub does not accept this machine's token on its channel: trying seldom");
        request.destroy();
        socket.terminate();
      });
      // `close` follows, and the uplink tells of a hub that can't be reached.
      socket.on("error", () => {});
      socket.on("close", () => {
        cancelWatch();
        signal.removeEventListener("abort", end);
        this.#isOpen = false;
        resolve();
      });
    });
  }

  #hello(socket: WebSocket): void {
    const { agentVersion, bootId, clock } = this.#options;
    send(socket, { type: "hello", protocol: protocolVersion, agentVersion, bootId, clock: clock.now() });
  }

  async #receive(socket: WebSocket, message: FromHub): Promise<void> {
    const { clock, requests } = this.#options;
    if (message.type === "welcome") {
      this.#isOpen = true;
      this.#soon.reset();
      this.#seldom.reset();
    } else if (message.type === "ping") send(socket, { type: "pong", id: message.id, clock: clock.now() });
    else if (message.type === "request") {
      const { id, name, expiresAt } = message;
      const answer = (ok: boolean, result: unknown) => send(socket, { type: "answer", id, ok, result });
      if (expiresAt < clock.now()) return answer(false, "expired");
      const request = Object.hasOwn(requests, name) ? requests[name] : undefined;
      if (!request) return answer(false, "unknown request");
      try {
        answer(true, await request());
      } catch (error) {
        answer(false, error instanceof Error ? error.message : String(error));
      }
    } else message satisfies never;
  }
}

function send(socket: WebSocket, message: FromAgent): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

function read(text: string): FromHub | null {
  try {
    return fromHub.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
