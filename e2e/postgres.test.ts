/** The whole product with its store in a real PostgreSQL: what was seen with the embedded store is seen there too. */
import { execFileSync } from "node:child_process";
import {
  deviatingExecution,
  execution,
  type HubClient,
  list,
  osProcess,
  processSummary,
  seriesAnswer,
  why,
} from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  postgresPrograms,
  startPostgres,
  type PostgresServer,
} from "../packages/hub/src/store/postgres/postgres-server.ts";
import { adminClient } from "./hub-process.ts";
import { culpritRun, startSystem, type System } from "./system.ts";

const programs = postgresPrograms();

let postgres: PostgresServer;
let system: System;
let client: HubClient;

beforeAll(async () => {
  if (programs === null) return;
  postgres = await startPostgres(programs);
  system = await startSystem({ CULPRIT_STORE: await postgres.createDatabase() });
  client = await adminClient(system.address);
});

afterAll(async () => {
  await system?.stop();
  await postgres?.stop();
});

const record = (seconds: string) =>
  execFileSync(culpritRun, ["--name", "nap", "--", "sleep", seconds], {
    env: { ...process.env, CULPRIT_INTAKE: system.intake },
  });

test.skipIf(programs === null)(
  "recorded runs, statistics, why and charts come out of PostgreSQL",
  async () => {
    for (let run = 0; run < 12; run++) record("0.2");
    record("3");
    const slow = async () =>
      (await client.get("/deviations", list(deviatingExecution), { direction: "slow" })).items;
    await expect.poll(async () => (await slow()).length, { timeout: 60_000, interval: 1000 }).toBe(1);
    const runs = (await client.get("/executions", list(execution), { process: "nap" })).items;
    expect(runs).toHaveLength(13);
    const [nap] = (await client.get("/processes", list(processSummary), {})).items;
    expect(nap).toMatchObject({ process: "nap", statistics: { count: 13, failures: 0, deviations: 1 } });
    const run = (await slow())[0]!.execution;
    const explained = await client.get(`/executions/${run.id}/why`, why);
    expect(explained).toMatchObject({ verdict: "unknown", deviation: { direction: "slow" } });
    const cpu = () =>
      client.get("/metrics/series", seriesAnswer, { machine: run.machine, metric: "system.cpu.utilization" });
    await expect
      .poll(async () => (await cpu()).series.length, { timeout: 60_000, interval: 1000 })
      .toBeGreaterThan(3);
    const table = () => client.get("/os-processes", list(osProcess), { machine: run.machine });
    await expect
      .poll(async () => (await table()).items.length, { timeout: 60_000, interval: 1000 })
      .toBeGreaterThan(5);
  },
);
