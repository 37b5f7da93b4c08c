/**
 * The outgoing connection to the hub: authenticates, says hello, answers pings and requests, and connects again with
 * full jitter. A hub that stops pinging is gone, whatever TCP says.
 */
import {
  channelClosed,
  cleanOutput,
  fromHub,
  protocolVersion,
  type FromAgent,
  type FromHub,
} from "@culprit/protocol";
import { WebSocket, type RawData } from "ws";
import { Backoff, soon } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { hasCode } from "../spool/durable.ts";
import { pause } from "../pause.ts";
import type { MachineIdentity } from "./machine-identity.ts";
import type { RequestGate } from "./request-gate.ts";

export type ChannelOptions = {
  /** The hub's address, http(s). */
  hub: string;
  /** Asked for each connection. */
  token: () => string;
  certificates?: readonly string[];
  agentVersion: string;
  bootId: string;
  /** What this agent tells of itself and its computer (`computer-identity.ts`). */
  told: string;
  identity: MachineIdentity;
  gate: RequestGate;
  clock: Clock;
  random: () => number;
  log: Log;
};

const handshakeSeconds = 20;
const goodbyeSeconds = 0.5;
const missedPings = 2.5;
const largestFrameBytes = 256 * 1024;

/** `welcomed`: the hub has said on it that it takes this machine for the right one. */
type Connection = { socket: WebSocket; welcomed: boolean };

export class Channel {
  readonly #options: ChannelOptions;
  readonly #soon: Backoff;
  readonly #seldom: Backoff;
  /** The newest that the hub has welcomed. */
  #open: Connection | null = null;
  #refused = false;
  #retryAfterSeconds = 0;
  /** Why the hub closed the last connection, told once. */
  #refusal = "";
  /** To be connected anew, as soon as nothing that was asked for is being done. */
  #renews = false;
  /** Goes on to the next connection while the present one is still there. */
  #leave: (() => void) | null = null;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#soon = new Backoff(soon, options.random);
    this.#seldom = new Backoff({ firstSeconds: 60, mostSeconds: 900 }, options.random);
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** Connects anew, with the token that counts now; the connection before ends when the new one has been welcomed. */
  renew(): void {
    this.#renews = true;
    this.#renewIfIdle();
  }

  #renewIfIdle(): void {
    if (this.#renews && this.#options.gate.isIdle) this.#leave?.();
  }

  /** Runs until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if ((await this.#connectOnce(signal)) === "renew") continue;
      const backoff = this.#refused ? this.#seldom : this.#soon;
      await pause(this.#options.clock, backoff.next(this.#retryAfterSeconds), signal);
    }
  }

  /** Resolves when the connection is over, or to be replaced by another at once. */
  #connectOnce(signal: AbortSignal): Promise<"over" | "renew"> {
    const { hub, token, certificates, clock, gate, log } = this.#options;
    const address = `${hub.replace(/^http/, "ws").replace(/\/+$/, "")}/api/v1/channel`;
    this.#refused = false;
    this.#retryAfterSeconds = 0;
    this.#renews = false;
    return new Promise((resolve) => {
      const socket = new WebSocket(address, {
        headers: { authorization: `Bearer ${token()}` },
        handshakeTimeout: handshakeSeconds * 1000,
        maxPayload: largestFrameBytes,
        perMessageDeflate: false,
        ...(certificates ? { ca: [...certificates] } : {}),
      });
      const connection: Connection = { socket, welcomed: false };
      this.#leave = () => resolve("renew");
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
        if (!message) {
          gate.refuseNonsense("a message that the protocol does not know");
          return socket.close(1003);
        }
        if (message.type === "welcome") pingSeconds = Math.min(Math.max(message.pingSeconds, 1), 600);
        watchForPings();
        void this.#receive(connection, message);
      });
      socket.on("unexpected-response", (request, response) => {
        this.#refused = response.statusCode === 401 || response.statusCode === 403;
        this.#retryAfterSeconds = retryAfter(response.headers["retry-after"]);
        if (this.#refused)
          log.warn("the hub does not accept this machine's token on its channel: trying seldom");
        request.destroy();
        socket.terminate();
      });
      // `close` follows, and the uplink tells of a hub that can't be reached.
      socket.on("error", (error) => {
        if (hasCode(error, "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"))
          gate.refuseNonsense(`a message longer than ${largestFrameBytes} bytes`);
      });
      socket.on("close", (code: number, reason: Buffer) => {
        this.#closedBy(connection, code, reason);
        cancelWatch();
        signal.removeEventListener("abort", end);
        if (this.#open === connection) this.#open = null;
        resolve("over");
      });
    });
  }

  #hello(socket: WebSocket): void {
    const { agentVersion, bootId, told, clock } = this.#options;
    const hello = { type: "hello", protocol: protocolVersion, agentVersion, bootId, identity: told } as const;
    send(socket, { ...hello, clock: clock.now() });
  }

  /** The hub says why it has nothing to do with this agent: more tries will not help soon. */
  #closedBy({ welcomed }: Connection, code: number, reason: Buffer): void {
    if (code !== channelClosed.duplicateIdentity && code !== channelClosed.protocolVersion) {
      if (welcomed) this.#refusal = "";
      return;
    }
    this.#refused = true;
    const text = cleanOutput(reason.toString());
    if (text !== this.#refusal) this.#options.log.error(`the hub closes the channel: ${text}`);
    this.#refusal = text;
  }

  async #receive(connection: Connection, message: FromHub): Promise<void> {
    const { clock, gate } = this.#options;
    const { socket } = connection;
    if (message.type === "welcome") {
      if (this.#open?.socket !== socket) this.#open?.socket.close(1000);
      this.#open = connection;
      this.#soon.reset();
      this.#seldom.reset();
      await this.#learnIdentity(connection, message.machine);
    } else if (message.type === "ping") send(socket, { type: "pong", id: message.id, clock: clock.now() });
    else if (message.type === "request") {
      send(socket, { type: "answer", id: message.id, ...(await gate.answer(message, connection.welcomed)) });
      this.#renewIfIdle();
    } else message satisfies never;
  }

  /** A hub that does not say which machine this is, or says another one than before, can ask for nothing. */
  async #learnIdentity(connection: Connection, machine: string | undefined): Promise<void> {
    const { identity, log } = this.#options;
    if (machine === undefined) return;
    const { accepted, keep } = identity.welcome(machine);
    connection.welcomed = accepted;
    if (!accepted)
      log.warn(
        `the hub takes this machine for ${machine}, but it was ${identity.machine}: its requests are refused`,
      );
    await keep().catch((error: unknown) => log.warn(`can't keep this machine's id: ${String(error)}`));
  }
}

/** Seconds; what is no number, or asks for more than an hour, counts for nothing. */
function retryAfter(header: string | undefined): number {
  const seconds = Number(header);
  return seconds >= 0 && seconds <= 3600 ? seconds : 0;
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
