/** PostgreSQL ends connections while they are read from, as a restart does: callers are put off, or notice nothing. */
import type { Problem } from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, postgresPrograms, startPostgres } from "../store/postgres/postgres-server.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { executionBatch, machineUnderTest, oneRun, sampleBatch } from "../test/machine-under-test.ts";
import { questions } from "../test/questions.ts";
import { TerminatedConnections } from "../test/terminated-connections.ts";

/** To ask a machine is an order, which is written. */
const ofAgents = /\/(live|services)\?/;
const programs = postgresPrograms();

describe.skipIf(!programs)("reads whose connection ends", () => {
  let server: PostgresServer;
  let connections: TerminatedConnections;
  let tested: HubUnderTest;
  let asked: string[];

  beforeAll(async () => {
    server = await startPostgres(programs!);
    connections = new TerminatedConnections(server, await server.createDatabase());
    tested = await hubUnderTest("2026-11-23T03:00:00Z", { store: await connections.open() });
    const machine = await machineUnderTest(tested, "web-1");
    await machine.upload(executionBatch(1, [oneRun("run")]), sampleBatch(1, {}));
    const target = { kind: "memory" };
    await tested.ask("POST", "/checks", { body: { name: "memory", machine: "web-1", target } });
    asked = questions(tested.app, {
      things: { machines: ["web-1"], processes: ["p_1"], executions: ["run"], checks: ["c_1"] },
      required: { metric: "system.disk.io", machine: "web-1" },
    }).filter((url) => !ofAgents.test(url));
  }, 60_000);
  afterAll(async () => {
    connections.left = 0;
    await tested.close();
    await connections.close();
    await server.stop();
  });

  /** What each question is answered while so many queries of it lose their connection. */
  async function statuses(lost: number): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const url of asked) {
      connections.left = lost;
      const { status, body } = await tested.ask("GET", url);
      const { code, retryAfterSeconds = 0 } = body as Partial<Problem>;
      const putOff = code === "store-unavailable" && retryAfterSeconds > 0;
      found.set(url, status === 503 && !putOff ? "503 without saying when to come again" : String(status));
    }
    connections.left = 0;
    return found;
  }
  const differing = (some: Map<string, string>, others: Map<string, string>) =>
    asked.filter((url) => some.get(url) !== others.get(url)).map((url) => `${others.get(url)} ${url}`);

  test("each question is answered as ever when one connection ends, and puts its caller off when all do", async () => {
    const calm = await statuses(0);
    expect([...calm].filter(([, status]) => status !== "200")).toEqual([]);
    expect(differing(calm, await statuses(1))).toEqual([]);
    const putOff = differing(calm, await statuses(Infinity));
    expect(putOff.filter((one) => !one.startsWith("503 /"))).toEqual([]);
    expect(putOff.length).toBeGreaterThan(asked.length / 3);
    expect((await tested.ask("GET", "/executions")).status, "and answers again when they hold").toBe(200);
  });
});
