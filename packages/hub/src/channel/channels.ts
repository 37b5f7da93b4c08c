/**
 * The agents' open connections to this hub. An agent says hello, the hub welcomes it and pings; a connection that
 * misses two pings is dead, one that sends what the protocol does not know is closed. Of two connections of one
 * machine's agent the newer counts: the older is closed (a half-open one left behind). Another agent with the same token is
 * told apart by what it says of itself, and does not get that far.
 */
import { randomUUID } from "node:crypto";
import {
  channelClosed,
  microsPerSecond,
  ProblemError,
  protocolVersion,
  readAgentIdentity,
  type FromAgent,
  type FromHub,
} from "@culprit/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { WebSocket } from "@fastify/websocket";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Faults } from "../fleet/faults/faults.ts";
import { publicId } from "../public-ids.ts";
import { hubVersion } from "../version.ts";
import { readMessage, refused, versionOfHello } from "./agent-messages.ts";
import { clockOffsetBy } from "./clock-offset.ts";

/** Larger messages close the connection. */
export const messageBytes = 256 * 1024;
const requestsAtOnce = 20;
/** That have connected and not yet said hello. When a whole fleet comes back at once the rest is put off. */
const newcomersAtOnce = 200;
/** Between two pings; who sends more is cut off, for reading them keeps the hub from all else. */
const messagesPerPing = 500;
const bytesPerPing = 8 * 1024 * 1024;

/** Codes of closing: of RFC 6455, and of the range left to applications. */
const closed = {
  protocol: 1002,
  data: 1007,
  policy: 1008,
  stopping: 1001,
  ...channelClosed,
} as const;

type Waiting = { resolve: (result: unknown) => void; reject: (error: Error) => void; timer: NodeJS.Timeout };
type Ping = { id: string; sentAt: number };

type Connection = {
  machineId: number;
  /** With which it was opened. */
  tokenId: number;
  socket: WebSocket;
  address: string;
  /** Of its agent, where it tells one. */
  instance: string | null;
  greeted: boolean;
  ping: Ping | null;
  missed: number;
  /** Since the last ping. */
  messages: number;
  bytes: number;
  ended: boolean;
  roundTripSeconds: number | null;
  /** The agent's clock minus ours, microseconds; before it was measured as it was when its hello came, and 0 before that. */
  clockOffset: number;
  /** As a ping has told it; null before one has. */
  measuredOffset: number | null;
  waiting: Map<string, Waiting>;
  timer: NodeJS.Timeout | null;
};

type Opener = { machineId: number; tokenId: number };

/** `by`: for whom, in the agent's audit. */
export type RequestOptions = { timeoutSeconds: number; by?: string };

type ChannelParts = {
  clock: Clock;
  log: FastifyBaseLogger;
  /** Called at each sign of life, with the agent's clock minus ours when a round trip measured it. */
  heard: (machineId: number, clockOffsetMicros?: number) => void;
  faults: Pick<Faults, "identify" | "heardAgain" | "otherVersion" | "sameVersion" | "flooded">;
  /** Called when the machine's own agent speaks from this address. */
  heardFrom?: (machineId: number, address: string) => void;
  /** Called when an agent has said hello on a new connection. */
  greeted?: (machineId: number) => void;
  /** Whether a machine that has no channel here is in contact all the same. */
  inContact?: (machineId: number) => boolean;
  /** Passes a request on to the hub that such a machine is connected to. */
  elsewhere?: (machineId: number, name: string, args: unknown, options: RequestOptions) => Promise<unknown>;
  pingSeconds: number;
};

export class Channels {
  readonly #parts: ChannelParts;
  readonly #pingSeconds: number;
  readonly #open = new Map<number, Connection>();
  /** That have not said hello. */
  readonly #newcomers = new Set<Connection>();
  /** Told at the next hello of any machine. */
  readonly #awaitingHello = new Set<(machineId: number) => void>();

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.#pingSeconds = parts.pingSeconds;
  }

  connected(machineId: number): boolean {
    return this.#open.has(machineId);
  }

  /** True as soon as it is connected, false if it is not within so many seconds. */
  whenConnected(machineId: number, withinSeconds: number): Promise<boolean> {
    if (this.connected(machineId)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (connected: boolean) => {
        clearTimeout(timer);
        this.#awaitingHello.delete(heard);
        resolve(connected);
      };
      const heard = (greeted: number) => {
        if (greeted === machineId) end(true);
      };
      const timer = setTimeout(() => end(false), Math.max(0, withinSeconds) * 1000);
      this.#awaitingHello.add(heard);
    });
  }

  /** Whether a request would get there, through another hub perhaps. */
  reachable(machineId: number): boolean {
    const passed = this.#parts.elsewhere !== undefined && this.#parts.inContact?.(machineId);
    return this.connected(machineId) || passed === true;
  }

  connectedMachines(): number[] {
    return [...this.#open.values()].filter(({ greeted }) => greeted).map(({ machineId }) => machineId);
  }

  get count(): number {
    return this.#open.size + this.#newcomers.size;
  }

  /** Seconds of the last ping there and back; null before the first. */
  roundTripSeconds(machineId: number): number | null {
    return this.#open.get(machineId)?.roundTripSeconds ?? null;
  }

  /** Throws a problem with the time to come back while too many connect at once. */
  admit(): void {
    if (this.#newcomers.size >= newcomersAtOnce)
      throw new ProblemError("overloaded", "very many agents connect at this moment", {
        retryAfterSeconds: 5,
        limit: newcomersAtOnce,
      });
  }

  accept({ machineId, tokenId }: Opener, socket: WebSocket, address: string): void {
    const connection: Connection = {
      machineId,
      tokenId,
      socket,
      address,
      instance: null,
      greeted: false,
      ping: null,
      missed: 0,
      messages: 0,
      bytes: 0,
      ended: false,
      roundTripSeconds: null,
      clockOffset: 0,
      measuredOffset: null,
      waiting: new Map(),
      timer: null,
    };
    this.#newcomers.add(connection);
    socket.on("message", (data: Buffer, binary: boolean) => this.#message(connection, data, binary));
    socket.on("error", (error: Error) => this.#parts.log.debug({ machineId, err: error }, "channel failed"));
    socket.on("close", () => this.#gone(connection));
    // One that never says hello is closed by the same count of silence.
    connection.timer = setInterval(() => this.#tick(connection), this.#pingSeconds * 1000);
  }

  /**
   * Asks the agent by name and answers its result, which is hostile: check it. `args` are names of things that the machine
   * knows. Problems: `machine-not-connected`, `not-allowed-there`, `machine-busy`, `machine-refused`, and `no-answer` when
   * it is not known whether the machine did it.
   */
  request(machineId: number, name: string, args: unknown, options: RequestOptions): Promise<unknown> {
    const { elsewhere } = this.#parts;
    if (elsewhere && !this.connected(machineId) && this.#parts.inContact?.(machineId))
      return elsewhere(machineId, name, args, options);
    return this.requestHere(machineId, name, args, options);
  }

  /** As `request`, of a machine whose channel is open to this hub alone. */
  requestHere(machineId: number, name: string, args: unknown, options: RequestOptions): Promise<unknown> {
    const connection = this.#open.get(machineId);
    if (!connection?.greeted) return Promise.reject(this.#notConnected(machineId));
    if (connection.waiting.size >= requestsAtOnce)
      return Promise.reject(new ProblemError("machine-busy", "too many requests wait for this machine"));
    const { timeoutSeconds, by } = options;
    const id = randomUUID();
    const message: FromHub = {
      type: "request",
      id,
      machine: publicId("m", machineId),
      name,
      ...(args === undefined ? {} : { arguments: z.json().parse(args) }),
      ...(by === undefined ? {} : { by: by.slice(0, 200) }),
      expiresAt: Math.round(
        this.#parts.clock.now() + connection.clockOffset + timeoutSeconds * microsPerSecond,
      ),
    };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        connection.waiting.delete(id);
        reject(
          new ProblemError(
            "no-answer",
            `the machine did not answer within ${Number(timeoutSeconds.toFixed(1))} seconds`,
          ),
        );
      }, timeoutSeconds * 1000);
      connection.waiting.set(id, { resolve, reject, timer });
      send(connection, message);
    });
  }

  /** Asks for a sign of life now, beside the usual pings; answers whether there is a channel to ask on. */
  ping(machineId: number): boolean {
    const connection = this.#open.get(machineId);
    if (!connection?.greeted) return false;
    // One that is under way is answered as soon as there is an answer.
    if (connection.ping === null) this.#ping(connection);
    return true;
  }

  #notConnected(machineId: number): ProblemError {
    if (!this.#parts.inContact?.(machineId)) return new ProblemError("machine-not-connected");
    return new ProblemError(
      "machine-not-connected",
      "the machine is in contact, but its channel is not open to this hub: where several hubs share a store, ask the one that its agent is set to",
    );
  }

  /** Closes the channel of a machine that was removed, or whose agent is another one from now on. */
  drop(machineId: number, reason = "this machine is no longer enrolled"): void {
    for (const connection of this.#all())
      if (connection.machineId === machineId) this.#end(connection, closed.policy, reason);
  }

  /** Closes those whose token has ended meanwhile, here or at another hub. */
  async closeEnded(held: (tokenIds: readonly number[]) => Promise<Set<number>>): Promise<void> {
    const connections = this.#all();
    const valid = await held(connections.map(({ tokenId }) => tokenId));
    for (const connection of connections)
      if (!valid.has(connection.tokenId) && !connection.ended)
        this.#end(connection, closed.policy, "the token of this connection has ended");
  }

  stop(): void {
    for (const connection of this.#all()) this.#end(connection, closed.stopping, "the hub stops");
  }

  #all(): Connection[] {
    return [...this.#open.values(), ...this.#newcomers];
  }

  #message(connection: Connection, data: Buffer, binary: boolean): void {
    if (connection.ended) return;
    connection.bytes += data.length;
    if (++connection.messages > messagesPerPing || connection.bytes > bytesPerPing) {
      this.#parts.log.warn({ machineId: connection.machineId }, "a channel sent too much");
      this.#parts.faults.flooded(connection.machineId, "messages");
      const most = `${messagesPerPing} messages or ${bytesPerPing} bytes`;
      this.#end(connection, closed.policy, `more than ${most} in ${this.#pingSeconds} s`);
      connection.socket.terminate();
      return;
    }
    const message = binary ? null : readMessage(data);
    if (!message && !binary && !connection.greeted && this.#isOtherVersion(connection, data)) return;
    // One hello opens the talk.
    if (!message || (message.type === "hello") === connection.greeted) {
      this.#parts.log.warn(
        { machineId: connection.machineId },
        "a channel sent what the protocol does not know",
      );
      this.#end(connection, closed.data, "not a message of this protocol");
      return;
    }
    connection.missed = 0;
    switch (message.type) {
      case "hello":
        if (!this.#admitAgent(connection, message.identity)) return;
        // Until a round trip has measured it: what is asked right now would else have expired for a clock that is ahead.
        connection.clockOffset = message.clock - this.#parts.clock.now();
        send(connection, {
          type: "welcome",
          hubVersion,
          pingSeconds: this.#pingSeconds,
          machine: publicId("m", connection.machineId),
        });
        this.#parts.heard(connection.machineId);
        this.#ping(connection);
        this.#parts.greeted?.(connection.machineId);
        for (const heard of this.#awaitingHello) heard(connection.machineId);
        break;
      case "pong":
        this.#pong(connection, message.id, message.clock);
        break;
      case "answer":
        settle(connection, message);
        break;
      default:
        message satisfies never;
    }
  }

  /** False if it is another agent with the same token, whose connection is then closed. */
  #admitAgent(connection: Connection, identity: string | undefined): boolean {
    const { machineId, address } = connection;
    const { faults, log } = this.#parts;
    try {
      faults.identify(machineId, identity, address);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#end(connection, closed.duplicateIdentity, "another agent speaks with this machine's token");
      return false;
    }
    faults.sameVersion(machineId);
    connection.instance = identity === undefined ? null : (readAgentIdentity(identity)?.instance ?? null);
    connection.greeted = true;
    this.#newcomers.delete(connection);
    const older = this.#open.get(machineId);
    this.#open.set(machineId, connection);
    if (older) {
      log.info({ machineId }, "a second channel of the same machine replaces the first");
      this.#end(older, closed.replaced, "another connection of this machine took over");
    }
    this.#parts.heardFrom?.(machineId, address);
    return true;
  }

  #isOtherVersion(connection: Connection, data: Buffer): boolean {
    const version = versionOfHello(data);
    if (version === null || version === protocolVersion) return false;
    const { machineId } = connection;
    const older = version < protocolVersion ? "agent" : "hub";
    const reason = `the agent speaks version ${version}, the hub ${protocolVersion}: upgrade the ${older}`;
    this.#parts.log.warn({ machineId, version }, "an agent speaks another version of the protocol");
    this.#parts.faults.otherVersion(machineId, version);
    this.#end(connection, closed.protocolVersion, reason);
    return true;
  }

  #tick(connection: Connection): void {
    connection.missed++;
    connection.messages = 0;
    connection.bytes = 0;
    if (connection.missed > 2) {
      this.#end(connection, closed.dead, "no answer to pings");
      // A peer that is gone never completes the closing handshake.
      connection.socket.terminate();
    } else if (connection.greeted) this.#ping(connection);
  }

  #ping(connection: Connection): void {
    connection.ping = { id: randomUUID(), sentAt: performance.now() };
    send(connection, { type: "ping", id: connection.ping.id });
  }

  #pong(connection: Connection, id: string, clock: number): void {
    const { ping } = connection;
    if (ping?.id !== id) return;
    connection.ping = null;
    const roundTripMillis = performance.now() - ping.sentAt;
    connection.roundTripSeconds = roundTripMillis / 1000;
    const roundTrip = roundTripMillis * 1000;
    const now = this.#parts.clock.now();
    const offset = clockOffsetBy({ clock, now, roundTrip, known: connection.measuredOffset });
    if (offset !== null) connection.measuredOffset = connection.clockOffset = offset;
    this.#parts.heard(connection.machineId, offset ?? undefined);
    if (connection.instance !== null)
      this.#parts.faults.heardAgain(connection.machineId, connection.instance);
  }

  #end(connection: Connection, code: number, reason: string): void {
    connection.socket.close(code, reason);
    this.#gone(connection);
  }

  #gone(connection: Connection): void {
    this.#newcomers.delete(connection);
    connection.ended = true;
    if (connection.timer) clearInterval(connection.timer);
    connection.timer = null;
    for (const { reject, timer } of connection.waiting.values()) {
      clearTimeout(timer);
      reject(new ProblemError("no-answer", "the machine's channel closed before it answered"));
    }
    connection.waiting.clear();
    if (this.#open.get(connection.machineId) === connection) this.#open.delete(connection.machineId);
  }
}

function settle(connection: Connection, answer: Extract<FromAgent, { type: "answer" }>): void {
  const waiting = connection.waiting.get(answer.id);
  if (!waiting) return;
  connection.waiting.delete(answer.id);
  clearTimeout(waiting.timer);
  if (answer.ok) waiting.resolve(answer.result);
  else waiting.reject(refused(answer.result));
}

function send(connection: Connection, message: FromHub): void {
  connection.socket.send(JSON.stringify(message));
}
