/** Connections that end at the worst moments, and several hubs on one database. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../open.ts";
import type { ExecutionRow, IntakeBatch, Store } from "../store.ts";
import { StoreUnavailableError } from "../store-error.ts";
import { executionRow, start } from "../suites/rows.ts";
import { type PostgresServer, postgresPrograms, socketName, startPostgres } from "./postgres-server.ts";

const clock = { now: () => start };
const programs = postgresPrograms();

/** A proxy that can end a connection before a COMMIT reaches the server, or after it was done and before its answer. */
class CuttingProxy {
  cut: "never" | "before-commit" | "after-commit" | "at-once" = "never";
  /** How many connections still are to be cut. */
  times = 0;
  readonly folder = mkdtempSync(join(tmpdir(), "culprit-proxy-"));
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(target: string) {
    this.#server = createServer((client) => this.#serve(client, connect(target)));
  }

  async listen(): Promise<void> {
    await once(this.#server.listen(join(this.folder, socketName)), "listening");
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    rmSync(this.folder, { recursive: true });
  }

  #serve(client: Socket, server: Socket): void {
    let answerIsLost = false;
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", end).on("close", end);
    }
    if (this.cut === "at-once" && this.times-- > 0) return end();
    client.on("data", (bytes) => {
      const commits = bytes.toString("latin1").toLowerCase().includes("commit\0");
      if (commits && this.times > 0 && this.cut !== "never") {
        this.times--;
        if (this.cut === "before-commit") return end();
        answerIsLost = true;
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => (answerIsLost ? end() : client.write(bytes)));
  }
}

describe.skipIf(!programs)("the store on PostgreSQL, when the connection ends", () => {
  let server: PostgresServer;
  let proxy: CuttingProxy;
  let store: Store;
  let machineId: number;
  beforeAll(async () => {
    server = await startPostgres(programs!);
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    proxy = new CuttingProxy(server.socketPath);
    await proxy.listen();
    const url = new URL(await server.createDatabase());
    url.searchParams.set("host", proxy.folder);
    store = await openStore(url.href, { clock });
    machineId = (await store.machines.create("web-1", start))!;
  });
  afterEach(async () => {
    await store.close();
    proxy.close();
  });
  const commit = async (sequence: number) =>
    (await store.intake.commit([batchOf(machineId, sequence)], [])).batches[0]!.status;
  const stored = async (): Promise<number[]> => {
    const columns = await store.executions.columns({ from: 0, to: start * 2 }, 100);
    return Array.from(columns.processId);
  };

  test("before COMMIT once, stores the batch on a new connection", async () => {
    proxy.cut = "before-commit";
    proxy.times = 1;
    expect(await commit(1)).toBe("stored");
    expect(proxy.times).toBe(0);
    expect(await stored()).toEqual([1]);
  });

  test("after COMMIT and before its answer, finds the batch there and does not store it again", async () => {
    proxy.cut = "after-commit";
    proxy.times = 1;
    expect(await commit(1)).toBe("duplicate");
    expect(proxy.times).toBe(0);
    expect(await stored()).toEqual([1]);
    expect(await store.intake.marks(machineId)).toEqual([{ stream: "stream-one", sequence: 1 }]);
    expect(await commit(2)).toBe("stored");
  });

  test("again and again, acknowledges nothing, and stores it once when it holds", async () => {
    proxy.cut = "before-commit";
    proxy.times = Infinity;
    expect(await commit(1)).toBe("unavailable");
    expect(await stored()).toEqual([]);
    proxy.cut = "never";
    expect(await commit(1)).toBe("stored");
    expect(await stored()).toEqual([1]);
  });

  test("for one machine, stores what others sent in the same group", async () => {
    const other = (await store.machines.create("db", start))!;
    proxy.cut = "before-commit";
    proxy.times = 2;
    // The first of the two uses up both cuts if it is retried first; either way no batch is lost or doubled.
    const group = [batchOf(machineId, 1), batchOf(other, 1)];
    const first = (await store.intake.commit(group, [])).batches.map(({ status }) => status);
    const second = (await store.intake.commit(group, [])).batches.map(({ status }) => status);
    for (const [index, status] of first.entries())
      expect([status, second[index]]).toEqual(
        status === "stored" ? ["stored", "duplicate"] : ["unavailable", "stored"],
      );
    expect(await stored()).toHaveLength(2);
  });

  test("at once, rejects as unavailable and works again afterwards", async () => {
    await expect(
      openStore("postgres://nobody@localhost/none?host=/nonexistent", { clock }),
    ).rejects.toBeInstanceOf(StoreUnavailableError);
    await store.ping();
  });

  test("or not: two hubs that get the same batch and the same ids at once store them once", async () => {
    const url = new URL(await server.createDatabase());
    const hubs = await Promise.all([openStore(url.href, { clock }), openStore(url.href, { clock })]);
    const id = (await hubs[0].machines.create("web-1", start))!;
    for (let sequence = 1; sequence <= 10; sequence++) {
      const direct = {
        executions: [execution(id, `direct-${sequence}`, 1000 + sequence)],
        receivedAt: start,
      };
      const results = await Promise.all(
        hubs.map((hub) => hub.intake.commit([batchOf(id, sequence)], [direct])),
      );
      expect(results.map(({ batches }) => batches[0]!.status).toSorted()).toEqual(["duplicate", "stored"]);
      const accepted = results.map(({ direct }) =>
        direct[0]!.status === "stored" ? direct[0]!.accepted : -1,
      );
      expect(accepted.toSorted((a, b) => a - b)).toEqual([0, 1]);
    }
    const names = Array.from({ length: 50 }, (_, index) => `process ${index}`);
    const [a, b] = await Promise.all(hubs.map((hub) => hub.catalogue.processIds(names)));
    expect(a).toEqual(b);
    const columns = await hubs[0].executions.columns({ from: 0, to: start * 2 }, 100);
    expect(columns.length).toBe(20);
    expect(
      await hubs[0].exclusively("nightly", async () => {
        expect(await hubs[1].exclusively("nightly", async () => {})).toBe(false);
      }),
    ).toBe(true);
    await Promise.all(hubs.map((hub) => hub.close()));
  });
});

function execution(machineId: number, executionId: string, processId: number): ExecutionRow {
  const startedAt = start + processId;
  return executionRow({ machineId, executionId, processId, startedAt, endedAt: startedAt + 1 });
}

function batchOf(machineId: number, sequence: number): IntakeBatch {
  return {
    machineId,
    stream: "stream-one",
    sequence,
    digest: String(sequence),
    dropped: [],
    receivedAt: start,
    executions: [execution(machineId, `batch-${sequence}`, sequence)],
    points: null,
    osProcesses: null,
    computer: null,
    deadLetters: [],
  };
}
