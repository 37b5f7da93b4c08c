import type { Worker } from "node:worker_threads";
import { formatInstant, parseInstant } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import type { ExecutionColumns } from "../store/store.ts";
import { AnalysisThread } from "./analysis-thread.ts";
import { buffersOf, Normals } from "./normals.ts";

const now = parseInstant("2026-11-23T12:00:00Z")!;
let under: HubUnderTest;

beforeEach(async () => {
  under = await hubUnderTest(formatInstant(now));
  await under.hub.fleet.create("db1");
  await record(0, 10);
});

afterEach(() => under.close());

/** Runs of `backup`, each of a minute, an hour apart. */
async function record(first: number, count: number): Promise<void> {
  const body = Array.from({ length: count }, (_, i) => ({
    id: `run-${first + i}`,
    machine: "db1",
    process: "backup",
    startedAt: formatInstant(now - (first + i + 1) * 3600e6),
    endedAt: formatInstant(now - (first + i + 1) * 3600e6 + 60e6),
  }));
  expect((await under.ask("POST", "/executions", { body })).status).toBe(200);
}

/** Enough to keep a thread busy for a while. */
const manyRuns = (length: number): ExecutionColumns => ({
  length,
  machineId: new Int32Array(length),
  processId: new Int32Array(length),
  stepId: new Int32Array(length),
  kind: new Uint8Array(length),
  outcome: new Uint8Array(length).fill(1),
  startedAt: new Float64Array(length),
  endedAt: new Float64Array(length),
});

const backup = { machineId: 1, processId: 1, stepId: 0, kind: "job" } as const;

test("the first who asks waits for a fit, and those at the same time share it", async () => {
  const { normals } = under.hub;
  const [one, other] = await Promise.all([normals.latest(), normals.latest()]);
  expect(one).toBe(other);
  expect(one.of(backup)).toMatchObject({ count: 10, medianSeconds: 60 });
  expect(one.of({ ...backup, kind: "cron" })).toBeUndefined();
});

test("a fit is made again only when something is new", async () => {
  const { normals } = under.hub;
  const first = await normals.latest();
  under.clock.set("2026-11-23T12:10:00Z");
  await normals.refitIfNew();
  expect(await normals.latest()).toBe(first);
  await record(10, 5);
  await normals.refitIfNew();
  const second = await normals.latest();
  expect(second.fittedAt).toBe(under.clock.now());
  expect(second.of(backup)!.count).toBe(15);
});

test("with more runs than it may read, a fit rests on the newest", async () => {
  const { store, clock, analysis, log } = under.hub;
  const normals = new Normals({ executions: store.executions, clock, thread: analysis, log, mostRows: 8 });
  expect((await normals.latest()).of(backup)!.count).toBe(8);
});

test("when the thread dies what it was asked is rejected, and the next who asks gets a new fit", async () => {
  const { normals, analysis } = under.hub;
  const started = new Promise<Worker>((resolve) => process.once("worker", resolve));
  await normals.latest();
  const lost = analysis.ask("summarize", { columns: manyRuns(3_000_000), now });
  await Promise.all([expect(lost).rejects.toThrow("ended"), (await started).terminate()]);
  expect((await under.ask("GET", "/executions/run-0/why")).status).toBe(200);
  expect(analysis.lost).toBe(1);
});

test("a task that throws is rejected with its error and the thread goes on", async () => {
  const thread = new AnalysisThread();
  const usual = { run: backup, startedAt: now, beside: [] };
  await expect(thread.ask("usual", usual)).rejects.toThrow("nothing was fitted yet");
  const columns = await under.hub.store.executions.columns({ from: 0, to: now }, 100);
  expect(await thread.ask("fit", { columns, now }, buffersOf(columns))).toHaveLength(1);
  // Transferred, not copied.
  expect(columns.startedAt).toHaveLength(0);
  expect((await thread.ask("usual", usual)).windows).toHaveLength(10);
  await thread.close();
});
