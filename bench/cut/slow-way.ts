/** A way to a hub on which what the hub answers comes late: each piece so many seconds after it was sent, in order. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class SlowWay {
  seconds = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(hubPort: number) {
    this.#server = createServer((agent) => {
      const hub = connect({ port: hubPort, host: "127.0.0.1" });
      for (const socket of [agent, hub]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => this.#sockets.delete(socket));
      }
      agent.on("data", (bytes) => hub.write(bytes));
      agent.on("close", () => hub.destroy());
      hub.on("data", (bytes) => this.#later(() => agent.write(bytes)));
      hub.on("close", () => this.#later(() => agent.destroy()));
    });
  }

  static async to(hubPort: number, host: string): Promise<SlowWay> {
    const way = new SlowWay(hubPort);
    way.#server.listen(0, host);
    await once(way.#server, "listening");
    return way;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #later(action: () => void): void {
    setTimeout(action, this.seconds * 1000);
  }
}
