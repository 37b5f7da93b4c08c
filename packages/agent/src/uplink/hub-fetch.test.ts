import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hubConnections } from "./hub-fetch.ts";

let server: Server;
let taken: Socket[];

/** It takes connections, and never says anything. */
beforeEach(async () => {
  taken = [];
  server = createServer((socket) => {
    taken.push(socket);
    socket.on("error", () => {});
    socket.resume();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  for (const socket of taken) socket.destroy();
  server.close();
});

const ask = (scheme: "http" | "https", signal: AbortSignal) => {
  const { port } = server.address() as AddressInfo;
  const connections = hubConnections(undefined, 0.1);
  const request = { method: "GET", headers: {}, body: null, signal };
  return connections.fetch(`${scheme}://127.0.0.1:${port}/`, request);
};

test("a TLS handshake that nobody answers is given up in the time that a connection has, and its socket closed", async () => {
  await expect(ask("https", AbortSignal.timeout(5000))).rejects.toThrow("no connection within 0.1 s");
  await expect.poll(() => taken.map(({ readableEnded }) => readableEnded)).toEqual([true]);
});

test("a hub that takes its time over an answer has the time of the request, and then its socket is closed", async () => {
  const begun = performance.now();
  await expect(ask("http", AbortSignal.timeout(400))).rejects.toMatchObject({ name: "AbortError" });
  expect(performance.now() - begun).toBeGreaterThan(350);
  await expect.poll(() => taken.map(({ readableEnded }) => readableEnded)).toEqual([true]);
});
