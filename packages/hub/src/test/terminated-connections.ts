/** A proxy before PostgreSQL that has the server end a connection at the moment when a query comes on it. */
import { mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { socketName, type PostgresServer } from "../store/postgres/postgres-server.ts";

/** First bytes of messages (protocol 3): a query, a statement to prepare, and the number of the backend. */
const [query, parse, backendKeyData] = ["Q", "P", "K"].map((letter) => letter.charCodeAt(0));

export class TerminatedConnections {
  /** How many queries still lose their connection. */
  left = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), "culprit-proxy-"));
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #administrator: Client;
  readonly #url: URL;
  #terminated: Promise<unknown> = Promise.resolve();

  /** `url`: of a database of this server. */
  constructor(server: PostgresServer, url: string) {
    this.#url = new URL(url);
    this.#administrator = new Client({ connectionString: url });
    this.#server = createServer((client) => this.#serve(client, connect(server.socketPath)));
  }

  /** Answers the URL of the database behind it. */
  async open(): Promise<string> {
    await this.#administrator.connect();
    await once(this.#server.listen(join(this.#folder, socketName)), "listening");
    const url = new URL(this.#url);
    url.searchParams.set("host", this.#folder);
    return url.href;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await this.#terminated;
    await this.#administrator.end();
    rmSync(this.#folder, { recursive: true });
  }

  #serve(client: Socket, server: Socket): void {
    let backend: number | null = null;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    }
    client.on("close", () => server.end());
    server.on("end", () => client.end());
    server.on("data", (bytes: Buffer) => {
      backend ??= backendIn(bytes);
      client.write(bytes);
    });
    client.on("data", (bytes: Buffer) => {
      const asks = bytes[0] === query || bytes[0] === parse;
      if (!asks || backend === null || this.left <= 0) {
        server.write(bytes);
        return;
      }
      this.left--;
      const pid = backend;
      this.#terminated = this.#terminated.then(() =>
        this.#administrator.query("select pg_terminate_backend($1)", [pid]),
      );
    });
  }
}

/** Of a new connection, which gets it with the end of its greeting. */
function backendIn(bytes: Buffer): number | null {
  for (let at = 0; at + 9 <= bytes.length; at += 1 + bytes.readInt32BE(at + 1))
    if (bytes[at] === backendKeyData) return bytes.readInt32BE(at + 5);
  return null;
}
