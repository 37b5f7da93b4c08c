/** Two hubs on one PostgreSQL: what one is asked of a machine that is connected to the other. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fromHub, type AuditEntry, type Check, type FromHub } from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type PostgresServer, postgresPrograms, startPostgres } from "../store/postgres/postgres-server.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";
import { PassedOrders } from "./passed-orders.ts";

const programs = postgresPrograms();
const now = "2026-11-23T03:00:00Z";
type Request = Extract<FromHub, { type: "request" }>;

describe.skipIf(!programs)("two hubs of one store", () => {
  let server: PostgresServer;
  let asked: HubUnderTest;
  let connected: HubUnderTest;
  let web1: Awaited<ReturnType<typeof machineUnderTest>>;
  let socket: WebSocket;
  let looks: NodeJS.Timeout;
  const got: Request[] = [];
  /** What the agent does with a request; undefined: nothing. */
  let answer: (request: Request) => { ok: boolean; result: unknown } | undefined;

  beforeAll(async () => {
    server = await startPostgres(programs!);
    const store = await server.createDatabase();
    connected = await hubUnderTest(now, { store });
    asked = await hubUnderTest(now, { store, checks: { internalTargets: ["127.0.0.1"] } });
    await connected.app.listen({ host: "127.0.0.1", port: 0 });
    web1 = await machineUnderTest(connected, "web-1");
    const { port } = connected.app.server.address() as AddressInfo;
    socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/channel`, { headers: web1.headers });
    socket.on("message", (data: Buffer) => {
      const message = fromHub.parse(JSON.parse(data.toString()));
      if (message.type !== "request") return;
      got.push(message);
      const told = answer(message);
      if (told) socket.send(JSON.stringify({ type: "answer", id: message.id, ...told }));
    });
    answer = () => ({ ok: true, result: {} });
    await once(socket, "open");
    socket.send(
      JSON.stringify({ type: "hello", protocol: 1, agentVersion: "0.1.0", bootId: "boot", clock: 0 }),
    );
    expect(await connected.hub.channels.whenConnected(web1.machineId, 5)).toBe(true);
    await connected.hub.fleet.flush();
    await asked.hub.fleet.refresh();
    // A hub's own chore looks each second.
    looks = setInterval(() => void connected.hub.passedOrders.turn().catch(() => {}), 50);
  }, 60_000);
  afterAll(async () => {
    clearInterval(looks);
    await connected.hub.passedOrders.settled();
    socket.terminate();
    for (const { hub } of [connected, asked]) hub.channels.stop();
    await Promise.all([connected.close(), asked.close()]);
    await server.stop();
  });

  const restart = (hub: HubUnderTest, headers = {}) =>
    hub.ask("POST", "/machines/web-1/services/httpd/restart", { headers });

  test("an order gets there, with who gave it, and its answer back; it is audited where it was given", async () => {
    const outcome = {
      unit: "httpd",
      verb: "restart",
      ok: true,
      exitCode: 0,
      state: "running",
      output: "done",
    };
    answer = () => ({ ok: true, result: { ...outcome, durationSeconds: 0.5 } });
    got.length = 0;
    expect(await restart(asked)).toMatchObject({ status: 200, body: outcome });
    expect(got).toMatchObject([
      { name: "service", arguments: { unit: "httpd", verb: "restart" }, by: "tester", machine: web1.id },
    ]);
    const { body } = await asked.ask("GET", "/audit?from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z");
    expect((body as { items: AuditEntry[] }).items[0]).toMatchObject({
      what: "service.restart",
      who: "tester",
      machine: "web-1",
      outcome: "done",
    });
  });

  test("what the machine refuses is refused with its words", async () => {
    const code = "not-allowed";
    const detail = "the file lists no httpd";
    answer = () => ({ ok: false, result: { code, detail } });
    const refused = (detail: unknown) => ({ status: 403, body: { code: "not-allowed-there", detail } });
    expect(await restart(asked)).toMatchObject(refused(detail));
    const finding = { code: "service-not-listed", values: { service: "httpd" } };
    answer = () => ({ ok: false, result: { code, detail, finding } });
    const headers = { "accept-language": "pt-BR" };
    expect(await restart(asked, headers)).toMatchObject(
      refused(expect.stringMatching(/não cita o serviço httpd$/)),
    );
    answer = () => ({ ok: false, result: { code, detail, finding: { ...finding, values: [] } } });
    expect(await restart(asked, headers)).toMatchObject(refused(detail));
  });

  test("a check that was made here a moment ago is told to its agent, and run there", async () => {
    const told: unknown[] = [];
    answer = ({ name, arguments: args }) => {
      if (name === "checks") told.push(args);
      if (name !== "check") return { ok: true, result: { checks: 1 } };
      const result = {
        checkId: "c_1",
        at: now,
        state: "ok",
        durationSeconds: 0.1,
        text: "well",
        numbers: [],
      };
      return { ok: true, result };
    };
    const target = { kind: "memory" };
    const made = await asked.ask("POST", "/checks", { body: { name: "memory", machine: "web-1", target } });
    expect(await asked.ask("POST", "/checks/memory/run")).toMatchObject({
      status: 200,
      body: { state: "ok", text: "well" },
    });
    expect(told.at(-1)).toMatchObject({ checks: [{ id: (made.body as Check).id, name: "memory" }] });
  });

  test("each check of an agent and of the hubs runs once, and both hubs tell the same of it", async () => {
    const { checkId } = asked.hub.checks.all().find(({ name }) => name === "memory")!;
    const at = Date.parse(now) * 1000;
    await web1.upload(
      sampleBatch(1, {
        checkResults: {
          check: [`c_${checkId}`],
          at: [at],
          state: [2],
          durationSeconds: [0.1],
          text: ["full"],
          numbers: ["[]"],
        },
      }),
    );
    const body = { name: "port", target: { kind: "tcp", host: "127.0.0.1", port: 1 }, retries: 0 };
    expect((await asked.ask("POST", "/checks", { body })).status).toBe(200);
    // Whichever has the lock probes; the other leaves it alone.
    const turns = [asked, connected].map(({ hub }) => hub.hubProbes.turn());
    const results = async (hub: HubUnderTest) =>
      (await hub.ask("GET", "/checks/results?check=port&to=2026-11-24T00:00:00Z")).body as {
        items: object[];
      };
    await connected.hub.checks.refresh();
    await expect.poll(async () => (await results(connected)).items.length).toBe(1);
    await Promise.all([asked.hub.hubProbes.stop(), connected.hub.hubProbes.stop(), ...turns]);
    expect((await results(asked)).items).toHaveLength(1);
    for (const { hub } of [asked, connected]) {
      await hub.checks.refresh();
      hub.checks.heardAll();
      await hub.checks.settle();
    }
    const told = await Promise.all(
      [asked, connected].map((one) => one.ask("GET", "/checks/incidents?to=2026-11-24T00:00:00Z")),
    );
    expect(told[0]!.body).toEqual(told[1]!.body);
  });

  test("without a hub that has its channel nothing is done, and that is said; an answer that does not come is not known", async () => {
    answer = () => undefined;
    const silent = await asked.hub.channels
      .request(web1.machineId, "live", undefined, { timeoutSeconds: 0.3 })
      .catch((error: unknown) => error);
    expect(silent).toMatchObject({ problem: { code: "no-answer" } });
    got.length = 0;
    clearInterval(looks);
    const { store, clock, log } = asked.hub;
    const orders = new PassedOrders({
      store: store.passedOrders,
      clock,
      log,
      connected: () => [],
      perform: () => Promise.reject(new Error("nothing is connected here")),
      takenWithinSeconds: 0.3,
    });
    const refused: unknown = await orders
      .request(web1.machineId, "service", { unit: "httpd", verb: "stop" }, { timeoutSeconds: 10 })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({
      problem: { code: "machine-not-connected", detail: expect.stringContaining("nothing was done") },
    });
    await connected.hub.passedOrders.turn();
    expect(got).toEqual([]);
  });
});
