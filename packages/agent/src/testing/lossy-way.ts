/**
 * A way to a hub that loses all that goes in one direction, or in both, while either end believes that it is connected: the
 * end of a connection is lost too. Bytes that were lost never come.
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class LossyWay {
  losesToHub = false;
  losesToAgent = false;
  readonly #server: Server;
  readonly #agents = new Set<Socket>();
  readonly #held = new Set<Socket>();
  readonly #hubs = new Set<Socket>();

  private constructor(hubPort: number) {
    this.#server = createServer({ allowHalfOpen: true }, (agent) => {
      const hub = connect({ port: hubPort, host: "127.0.0.1", allowHalfOpen: true });
      keep(this.#agents, agent);
      this.#held.add(agent);
      for (const end of ["end", "close"]) agent.on(end, () => this.#held.delete(agent));
      keep(this.#hubs, hub);
      carry(agent, hub, () => this.losesToHub);
      carry(hub, agent, () => this.losesToAgent);
    });
  }

  static async to(hubPort: number): Promise<LossyWay> {
    const way = new LossyWay(hubPort);
    way.#server.listen(0, "127.0.0.1");
    await once(way.#server, "listening");
    return way;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that agents hold open, whatever has become of the hub's end. */
  get held(): number {
    return this.#held.size;
  }

  async close(): Promise<void> {
    for (const socket of [...this.#agents, ...this.#hubs]) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
}

function carry(from: Socket, to: Socket, loses: () => boolean): void {
  from.on("data", (bytes) => loses() || to.write(bytes));
  from.on("end", () => loses() || to.end());
  from.on("close", () => loses() || to.destroy());
}
