/** The hub's own benchmarks: really run, kept, refused where they would disturb. */
import { benchmarkRun, formatInstant, hubBenchmarks, type BenchmarkRun } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { HubBenchmark } from "./hub-benchmark.ts";
import { HubBenchmarkTimes } from "./hub-benchmark-times.ts";
import { busyShare, hubQuiet, othersShare, ownWork, type HubQuiet } from "./hub-quiet.ts";

let tested: HubUnderTest;
let busy: string | null = null;
let meanwhile: string | null = null;
const quiet: HubQuiet = {
  disturbance: async () => busy,
  watchOthers: () => () => meanwhile,
};

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
});
afterAll(() => tested.close());

/** As after a rest. */
async function run() {
  tested.hub.hubBenchmark = new HubBenchmark(quiet);
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
  const skips = (why: string, detail?: string) => [
    { benchmark: "sql-insert", why, ...(detail === undefined ? {} : { detail }) },
    { benchmark: "sql-aggregate", why, ...(detail === undefined ? {} : { detail }) },
  ];
  const before = await told();
  busy = "the CPUs were busy 80% of the time";
  expect(await run()).toEqual({ results: [], skipped: skips("busy", busy) });
  busy = null;
  meanwhile = "others used the CPUs 60% of the time";
  expect(await run()).toEqual({ results: [], skipped: skips("busy", `meanwhile ${meanwhile}`) });
  meanwhile = null;
  expect(await told(), "what was disturbed does not count").toEqual(before);
  const benchmark = new HubBenchmark(quiet);
  const [measured, beside] = await Promise.all([benchmark.run(tested.hub), benchmark.run(tested.hub)]);
  expect([measured.results.length, beside]).toEqual([2, { results: [], skipped: skips("under-way") }]);
  expect(await benchmark.run(tested.hub)).toEqual({ results: [], skipped: skips("resting") });
  const { token } = await tested.hub.access.issue({ kind: "user", name: "looker", role: "viewer" });
  const headers = { authorization: `Bearer ${token}` };
  expect((await tested.ask("POST", "/hub/benchmarks", { headers })).status).toBe(403);
  expect((await tested.ask("GET", "/hub/benchmarks", { headers })).status).toBe(200);
});

test("a scheduled run comes once an interval, waits while the hub is busy, and is left out when it stays so", async () => {
  const { hub, clock } = tested;
  const asked: string[] = [];
  let skipped: BenchmarkRun["skipped"] = [];
  const hubBenchmark: Pick<HubBenchmark, "run"> = {
    run: async (_hub, by) => {
      asked.push(String(by));
      return { results: [], skipped };
    },
  };
  const later = async (times: HubBenchmarkTimes, minutes: number) => {
    clock.set(formatInstant(clock.now() + minutes * 60e6));
    await times.turn();
  };
  const times = new HubBenchmarkTimes({ ...hub, hubBenchmark }, "host");
  await times.turn();
  expect(asked, "not at the start").toEqual([]);
  await later(times, 6 * 60);
  await later(times, 1);
  expect(asked).toEqual(["scheduled"]);

  skipped = [{ benchmark: "sql-insert", why: "busy", detail: "the hub looks for culprits" }];
  await later(times, 6 * 60);
  for (let minute = 1; minute < 90; minute++) await later(times, 1);
  expect(asked, "six times in an hour").toHaveLength(7);
  skipped = [];
  await later(times, 4.5 * 60);
  expect(asked, "the next time again").toHaveLength(8);

  const settings = { ...hub.settings, benchmarks: { everyHours: 0 } };
  const never = new HubBenchmarkTimes({ ...hub, settings, hubBenchmark });
  await later(never, 24 * 60);
  expect(asked, "only on request").toHaveLength(8);
});

test("the hub is not quiet while uploads wait, a fit or a dear question is under way, it lags, or others use its machine", async () => {
  const { dear } = tested.hub;
  const calm = { commits: { waiting: 50 }, attribution: { isFitting: false }, dear };
  expect(ownWork(calm)).toBeNull();
  expect(ownWork({ ...calm, commits: { waiting: 51 } })).toBe("51 uploads wait for the store");
  expect(ownWork({ ...calm, attribution: { isFitting: true } })).toBe("the hub looks for culprits");
  let end = () => {};
  const asked = dear.why.run(() => new Promise<void>((resolve) => (end = resolve)));
  await Promise.resolve();
  expect(ownWork(calm)).toBe("the hub works on a question");
  end();
  await asked;

  const lagging = hubQuiet.disturbance(calm, 0.15, 1, new AbortController().signal);
  setTimeout(() => {
    const until = performance.now() + 120;
    while (performance.now() < until);
  }, 20);
  expect(await lagging).toBe("the hub answers late");
  const before = { busy: 100, all: 400, own: 10 };
  expect(busyShare(before, { busy: 106, all: 420, own: 12 })).toBeCloseTo(0.3);
  expect(othersShare(before, { busy: 106, all: 420, own: 12 })).toBeCloseTo(0.2);
  expect(othersShare(before, { busy: 106, all: 420, own: 18 }), "ticks are coarse").toBe(0);
});

test("several hubs on one store tell each how fast it is", async () => {
  const { hub, clock } = tested;
  const one = { benchmark: "sql-insert" as const, value: 5000, unit: "{row}/s", at: clock.now() };
  await hub.store.benchmarks.addHubScores([
    { ...one, instrument: "duckdb-9.9.9 on other-hub" },
    { ...one, instrument: "duckdb-9.9.8 on gone-hub", at: clock.now() - 30 * 86_400e6 },
  ]);
  const inserts = (await told()).filter(({ benchmark }) => benchmark === "sql-insert");
  expect(inserts.map(({ instrument, runs }) => [instrument.split(" on ")[1] === "other-hub", runs])).toEqual([
    [true, 1],
    [false, 2],
  ]);
});

test("a hub that became slower says since when", async () => {
  const { hub, clock } = tested;
  const slow = async () => hubBenchmarks.parse((await tested.ask("GET", "/hub/benchmarks")).body).reasons;
  expect(await slow()).toEqual([]);
  clock.set("2026-11-26T00:00:00Z");
  const start = clock.now();
  await hub.store.benchmarks.addHubScores(
    Array.from({ length: 40 }, (_, run) => ({
      benchmark: "sql-aggregate" as const,
      instrument: "duckdb-9.9.9 on other-hub",
      unit: "{row}/s",
      at: start + run * 6 * 3600e6,
      value: (run < 30 ? 1e6 : 6e5) * (1 + ((run * 7919) % 13) / 1000),
    })),
  );
  clock.set(formatInstant(start + 40 * 6 * 3600e6));
  const [told, ...more] = await slow();
  expect([told!.code, more]).toEqual(["benchmark-slower", []]);
  expect(told!.text).toMatch(/^SQL aggregates: 60% of the usual speed since \d+ December$/);
  const another = { instrument: "duckdb-9.9.9 on third-hub", unit: "{row}/s", value: 1, at: clock.now() };
  await hub.store.benchmarks.addHubScores([{ benchmark: "sql-insert", ...another }]);
  expect(await slow(), "of several it is named").toMatchObject([{ text: `other-hub: ${told!.text}` }]);
});
