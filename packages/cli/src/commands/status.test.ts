/** The exit status of `culprit status`, of the answers of a hub. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Machine } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCulprit } from "../program.ts";
import { testTerminal } from "../testing/terminal.ts";

let server: Server;
let machines: Machine[] = [];
beforeAll(async () => {
  server = createServer(({ url }, answer) => {
    const items = url === "/api/v1/machines" ? machines : [];
    answer.setHeader("content-type", "application/json").end(JSON.stringify({ items }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => void server.close());

const machine = (more: Partial<Machine>): Machine => ({
  id: "m_1",
  name: "db-1",
  state: "online",
  labels: {},
  enrolledAt: "2026-11-01T00:00:00Z",
  lastContactAt: "2026-11-23T11:59:59Z",
  connected: true,
  ...more,
});

test.each([
  ["0 while all are online, or paused by a person", [machine({}), machine({ state: "paused" })], 0],
  ["1 while one that was heard is silent", [machine({}), machine({ state: "silent" })], 1],
  [
    "0 where nobody was ever heard, for it may have no agent",
    [machine({ state: "silent", lastContactAt: undefined })],
    0,
  ],
])("status is %s", async (_, fleet, status) => {
  machines = fleet;
  const { port } = server.address() as AddressInfo;
  const hub = `http://127.0.0.1:${port}`;
  expect(await runCulprit(["status", "--hub", hub, "--token", "a-token"], testTerminal())).toBe(status);
});
