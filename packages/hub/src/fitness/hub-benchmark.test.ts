/** The hub's own benchmarks: really run, kept, refused where they would disturb. */
import { benchmarkRun, hubBenchmarks } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { HubBenchmark } from "./hub-benchmark.ts";

let tested: HubUnderTest;
let busy = 0;

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
});
afterAll(() => tested.close());

/** As after a rest. */
async function run() {
  tested.hub.hubBenchmark = new HubBenchmark(() => Promise.resolve(busy));
  return benchmarkRun.parse((await tested.ask("POST", "/hub/benchmarks")).body);
}
const told = async () => hubBenchmarks.parse((await tested.ask("GET", "/hub/benchmarks")).body).benchmarks;

test("what was measured is told, with its history, and leaves nothing in the store", async () => {
  expect(await told()).toEqual([]);
  const first = await run();
  expect(first).toMatchObject({
    results: [
      { benchmark: "sql-insert", unit: "{row}/s" },
      { benchmark: "sql-aggregate", unit: "{row}/s" },
    ],
    skipped: [],
  });
  for (const { value } of first.results) expect(value).toBeGreaterThan(1000);
  tested.clock.set("2026-11-23T09:00:00Z");
  const second = await run();
  const [insert, aggregate] = await told();
  expect(insert).toMatchObject({ benchmark: "sql-insert", runs: 2, peers: null });
  expect(insert!.instrument).toMatch(/^duckdb-\d+\.\d+\.\d+ on ./);
  expect(insert!.latest).toBe(second.results[0]!.value);
  expect(aggregate!.history).toEqual({
    times: [Date.parse("2026-11-23T03:00:00Z"), Date.parse("2026-11-23T09:00:00Z")],
    values: [first.results[1]!.value, second.results[1]!.value],
  });
});

test("is not run on a busy machine, not twice at once, not again at once, and by operators alone", async () => {
  busy = 0.8;
  const skips = (why: string) => [
    { benchmark: "sql-insert", why },
    { benchmark: "sql-aggregate", why },
  ];
  expect(await run()).toEqual({ results: [], skipped: skips("busy") });
  busy = 0;
  const benchmark = new HubBenchmark(() => Promise.resolve(0));
  const [measured, beside] = await Promise.all([benchmark.run(tested.hub), benchmark.run(tested.hub)]);
  expect([measured.results.length, beside]).toEqual([2, { results: [], skipped: skips("under-way") }]);
  expect(await benchmark.run(tested.hub)).toEqual({ results: [], skipped: skips("resting") });
  const { token } = await tested.hub.access.issue({ kind: "user", name: "looker", role: "viewer" });
  const headers = { authorization: `Bearer ${token}` };
  expect((await tested.ask("POST", "/hub/benchmarks", { headers })).status).toBe(403);
  expect((await tested.ask("GET", "/hub/benchmarks", { headers })).status).toBe(200);
});
