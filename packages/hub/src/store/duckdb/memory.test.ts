/** Reads in a store that has little memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { storeSamples } from "../../test/samples.ts";
import { openStore } from "../open.ts";
import type { Store } from "../store.ts";
import type { Tables } from "../tables.ts";
import { DuckDbDialect } from "./dialect.ts";
import { openFile } from "./open-file.ts";

const second = 1_000_000;
const start = Date.UTC(2026, 10, 20, 3) * 1000;
const metric = "system.cpu.utilization";
let folder: string;
let store: Store;
let machineId: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "culprit-store-"));
  const clock = { now: () => start + 240 * second };
  store = await openStore(`duckdb:${join(folder, "culprit.duckdb")}`, {
    clock,
    memoryLimitBytes: 10_000_000,
  });
  machineId = (await store.machines.create("db-1", start))!;
  const modes = ["user", "system", "idle", "iowait"].map(
    (mode) => ({ metric, attributes: { "cpu.mode": mode }, unit: "1", type: "gauge" }) as const,
  );
  await storeSamples(store, machineId, {
    points: Array.from({ length: 24 }, (_, n) => n).flatMap((n) =>
      modes.map((series) => ({ series, at: start + n * 10 * second, value: n, intervalSeconds: 0 })),
    ),
  });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** As many as a run is compared with, and its own. */
const windows = Array.from({ length: 11 }, (_, n) => ({
  from: start + n * 20 * second,
  to: start + (n * 20 + 9) * second,
}));

test("the means of all windows that a run is compared with fit into it", async () => {
  const means = await store.samples.means(machineId, windows, [metric]);
  expect(means).toHaveLength(4);
  for (const { values } of means) expect([...values]).toEqual(windows.map((_, n) => 2 * n + 1));
});

test("of many that are read at once each is answered", async () => {
  const answers = Array.from({ length: 12 }, () => store.samples.means(machineId, windows, [metric]));
  for (const means of await Promise.all(answers)) expect(means[0]!.values[10]).toBe(21);
});

test("a transaction that failed half begun is not in the way of the next", async () => {
  const options = { memoryLimitBytes: 30_000_000, threads: 1, readers: 1, warn: () => {}, now: () => start };
  const database = await openFile(join(folder, "other.duckdb"), options);
  const writer = new Kysely<Tables>({ dialect: new DuckDbDialect(database, "write") });
  const write = () => writer.transaction().execute((db) => sql`select 1`.execute(db));
  await database.writer.run("begin");
  await expect(database.writer.run("select error('the memory ran out')")).rejects.toThrow("ran out");
  await expect(write()).rejects.toThrow("aborted");
  expect((await write()).rows).toHaveLength(1);
  database.close();
});
