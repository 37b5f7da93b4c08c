import {
  differences as differencesSchema,
  formatInstant,
  parseInstant,
  type Differences,
  type SeriesDescription,
} from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../../test/hub-under-test.ts";
import { storeSamples, type SamplePoint } from "../../test/samples.ts";

const night = parseInstant("2026-11-23T03:00:00Z")!;
const day = 86_400e6;
let under: HubUnderTest;

const share = (metric: string, attributes: Record<string, string> = {}): SeriesDescription => ({
  metric,
  attributes,
  unit: "1",
  type: "gauge",
});
const disk: SeriesDescription = {
  metric: "system.disk.io",
  attributes: { "system.device": "sda" },
  unit: "By",
  type: "counter",
};

/** Twenty nights of an hour; in the last one a disk is read ten times as much, and `reindex` ran five times instead of once. */
beforeAll(async () => {
  under = await hubUnderTest("2026-11-23T12:00:00Z");
  const machineId = (await under.hub.fleet.create("db1"))!;
  await under.hub.fleet.create("web1");
  const points: SamplePoint[] = [];
  const runs = [];
  for (let ago = 20; ago >= 0; ago--) {
    const noise = 1 + 0.04 * Math.sin(ago * 12.9898);
    for (let minute = 0; minute < 60; minute++) {
      const at = night - ago * day + minute * 60e6 + 5e6;
      const point = (series: SeriesDescription, value: number, intervalSeconds = 0) =>
        points.push({ series, at, value, intervalSeconds });
      point(share("system.cpu.utilization", { "cpu.mode": "user" }), 0.3 * noise);
      point(share("system.memory.utilization"), 0.5 * noise);
      point(disk, (ago === 0 ? 60e6 : 6e6) * noise, 60);
      point(share("system.uptime"), minute + (20 - ago) * 1000);
    }
    for (let run = 0; run < (ago === 0 ? 12 : 1); run++) {
      const startedAt = night - ago * day + run * 240e6;
      const endedAt = formatInstant(startedAt + Math.round(200e6 * noise));
      runs.push({ machine: "db1", process: "reindex", startedAt: formatInstant(startedAt), endedAt });
    }
    const startedAt = night - ago * day + 600e6;
    const endedAt = formatInstant(startedAt + Math.round(300e6 * noise));
    runs.push({ machine: "db1", process: "backup", startedAt: formatInstant(startedAt), endedAt });
  }
  await storeSamples(under.hub.store, machineId, { points });
  expect((await under.ask("POST", "/executions", { body: runs })).status).toBe(200);
});
afterAll(() => under.close());

const differences = async (query: string): Promise<Differences> => {
  const { status, body } = await under.ask("GET", `/differences?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return differencesSchema.parse(body);
};
const theNight = "from=2026-11-23T03:00:00Z&to=2026-11-23T04:00:00Z";

test("what differed by more than chance is told with its usual, and nothing else", async () => {
  const found = await differences(theNight);
  expect(found.series.map(({ metric, machine }) => [metric, machine])).toEqual([["system.disk.io", "db1"]]);
  const [io] = found.series;
  expect(io!.unit).toBe("By/s");
  expect(io!.value).toBeCloseTo(1e6, -5);
  expect(io!.usual).toBeCloseTo(1e5, -4);
  expect(io!.q).toBeLessThan(0.05);
  expect(new Set(found.processes.map(({ process }) => process))).toEqual(new Set(["reindex"]));
  const runs = found.processes.find(({ what }) => what === "runs");
  expect(runs).toMatchObject({ value: 12, usual: 1 });
  expect(found).toMatchObject({ comparedSeries: 3, comparedProcesses: 2 });
  expect(found.before[0]).toEqual({ from: "2026-11-22T03:00:00.000000Z", to: "2026-11-22T04:00:00.000000Z" });
  expect(found.text).toContain("`reindex`");
});

test("a night like the others has no differences", async () => {
  const found = await differences("from=2026-11-22T03:00:00Z&to=2026-11-22T04:00:00Z");
  expect([found.series, found.processes]).toEqual([[], []]);
});

test("of one machine only what is its own is compared", async () => {
  const found = await differences(`${theNight}&machine=web1`);
  expect(found).toMatchObject({ series: [], processes: [], comparedSeries: 0, comparedProcesses: 0 });
  expect((await differences(`${theNight}&machine=db1`)).series).toHaveLength(1);
});

test.each([
  ["machine=nowhere", 404, "not-found"],
  ["from=2026-11-23T04:00:00Z&to=2026-11-23T03:00:00Z", 400, "invalid-request"],
  ["from=2026-11-24T03:00:00Z&to=2026-11-24T04:00:00Z", 400, "invalid-request"],
  ["from=2026-09-01T00:00:00Z", 422, "limit-exceeded"],
])("%s is answered %i %s", async (query, status, code) => {
  expect(await under.ask("GET", `/differences?${query}`)).toMatchObject({ status, body: { code } });
});
