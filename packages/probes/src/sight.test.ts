import { createServer as createWebServer, type Server } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sightMachine } from "./sight.ts";

const here = { timeoutSeconds: 2, mayReach: () => true, leave: "machine" as const };
let web: Server;
let port: number;
const asked: string[] = [];

beforeAll(async () => {
  web = createWebServer((request, response) => {
    asked.push(request.method ?? "");
    response.writeHead(302, { location: "http://192.0.2.9/elsewhere" }).end();
  });
  await new Promise<void>((resolve) => {
    web.listen(0, "127.0.0.1", resolve);
  });
  ({ port } = web.address() as AddressInfo);
});
afterAll(() => void web.close());

test("a port that is open, one that is closed, and a page that leads elsewhere are answers", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => {
    closed.once("listening", resolve);
  });
  const { port: closedPort } = closed.address() as AddressInfo;
  await new Promise((resolve) => {
    closed.close(resolve);
  });
  const sight = (probe: Parameters<typeof sightMachine>[1]) => sightMachine("127.0.0.1", probe, here);
  expect(await sight({ kind: "tcp", port })).toMatchObject({ answered: true });
  expect(await sight({ kind: "tcp", port: closedPort })).toMatchObject({ answered: true });
  expect(await sight({ kind: "http", port: closedPort })).toMatchObject({ answered: true });
  expect(await sight({ kind: "http", port })).toMatchObject({ answered: true });
  expect(asked).toEqual(["HEAD"]);
});

test("what may not be reached was not asked, and what is silent does not answer", async () => {
  const probe = { kind: "tcp", port } as const;
  const nowhere = { ...here, mayReach: () => false, leave: "hub" as const };
  expect(await sightMachine("127.0.0.1", probe, nowhere)).toEqual({
    answered: null,
    text: expect.stringContaining("127.0.0.1 may not be reached from here"),
  });
  const silent = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await new Promise((resolve) => {
    silent.once("listening", resolve);
  });
  const page = { kind: "http", port: (silent.address() as AddressInfo).port } as const;
  const looked = await sightMachine("127.0.0.1", page, { ...here, timeoutSeconds: 0.2 });
  expect(looked).toMatchObject({ answered: false });
  silent.close();
});
