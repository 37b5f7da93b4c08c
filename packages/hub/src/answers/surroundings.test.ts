import { formatInstant, parseInstant, why, type SeriesDescription } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { osProcessRows, storeSamples, type SamplePoint } from "../test/samples.ts";

const cpu = (mode: string): SeriesDescription => ({
  metric: "system.cpu.utilization",
  attributes: { "cpu.mode": mode },
  unit: "1",
  type: "gauge",
});
const pressure: SeriesDescription = {
  metric: "system.linux.pressure",
  attributes: { resource: "io", stall: "some" },
  unit: "1",
  type: "gauge",
};
const disk: SeriesDescription = {
  metric: "system.disk.io",
  attributes: { "disk.io.direction": "read", "system.device": "sda" },
  unit: "By",
  type: "counter",
};

/** Every night a job of five minutes; last night it took ten, while `indexer` ate a CPU and the disk. */
const nights = 10;
const startOf = (daysAgo: number) => parseInstant("2026-11-23T03:00:00Z")! - daysAgo * 86_400e6;
let under: HubUnderTest;

beforeAll(async () => {
  under = await hubUnderTest("2026-11-23T12:00:00Z");
  const machineId = (await under.hub.fleet.create("db1"))!;
  const points: SamplePoint[] = [];
  const osProcesses = [];
  for (let daysAgo = nights; daysAgo >= 0; daysAgo--) {
    const bad = daysAgo === 0;
    // A little beyond both ends: a window that only touches a sample must not take it in.
    for (let second = -60; second <= 900; second += 10) {
      const at = startOf(daysAgo) + second * 1e6 + 5e6;
      const inRun = second >= 0 && second < 600;
      points.push(
        { series: cpu("user"), at, value: bad && inRun ? 0.8 : 0.2, intervalSeconds: 0 },
        { series: cpu("system"), at, value: 0.1, intervalSeconds: 0 },
        { series: cpu("idle"), at, value: 0.5, intervalSeconds: 0 },
        { series: cpu("iowait"), at, value: 0.05, intervalSeconds: 0 },
        { series: pressure, at, value: bad && inRun ? 0.6 : 0.01, intervalSeconds: 0 },
        { series: disk, at, value: bad && inRun ? 1000 : 250, intervalSeconds: 10 },
      );
    }
    for (let minute = 1; minute <= 10; minute++) {
      const at = startOf(daysAgo) + minute * 60e6;
      osProcesses.push({
        at,
        uid: "a1",
        name: "backup",
        user: "ops",
        cpuSeconds: 6,
        ioReadBytes: 10,
        ioWriteBytes: 10,
        runQueueSeconds: bad ? 30 : 1,
      });
      if (bad)
        osProcesses.push({ at, uid: "b1", name: "indexer", user: "www", cpuSeconds: 60, rssBytes: 5e9 });
    }
  }
  await storeSamples(under.hub.store, machineId, { points, osProcesses: osProcessRows(osProcesses) });
  const body = Array.from({ length: nights + 1 }, (_, daysAgo) => ({
    id: `night-${daysAgo}`,
    machine: "db1",
    process: "backup",
    kind: "cron",
    startedAt: formatInstant(startOf(daysAgo)),
    endedAt: formatInstant(startOf(daysAgo) + (daysAgo === 0 ? 600e6 : 300e6)),
  }));
  // One second between two samples, the second of which shows the disk and the CPU at work.
  const short = { id: "short", machine: "db1", process: "probe", kind: "job" };
  const from = startOf(0) + 7e6;
  body.push({ ...short, startedAt: formatInstant(from), endedAt: formatInstant(from + 1e6) });
  expect((await under.ask("POST", "/executions", { body })).status).toBe(200);
});

afterAll(() => under.close());

const explain = async (id: string) => why.parse((await under.ask("GET", `/executions/${id}/why`)).body);

const near = (value: number) => expect.closeTo(value, 2) as number;

test("the machine's values are compared with windows as long as the run, the most telling first", async () => {
  const { host } = await explain("night-0");
  // The last sample reaches five seconds over the end, where the machine was at rest.
  const meanOf = (inRun: number, atRest: number) =>
    expect.closeTo((595 * inRun + 5 * atRest) / 600, 6) as number;
  expect(host.slice(0, 3)).toEqual([
    {
      metric: "system.cpu.utilization",
      attributes: {},
      unit: "1",
      value: meanOf(0.9, 0.3),
      usual: near(0.3),
    },
    {
      metric: "system.linux.pressure",
      attributes: pressure.attributes,
      unit: "1",
      value: meanOf(0.6, 0.01),
      usual: near(0.01),
    },
    {
      metric: "system.disk.io",
      attributes: disk.attributes,
      unit: "By/s",
      value: meanOf(100, 25),
      usual: near(25),
    },
  ]);
  expect(host[3]).toMatchObject({
    attributes: { "cpu.mode": "iowait" },
    value: near(0.05),
    usual: near(0.05),
  });
  expect(host).toHaveLength(4);
});

test("a run between two samples is told by the one after it", async () => {
  const { host, osProcesses } = await explain("short");
  const valueOf = (metric: string) => host.find((value) => value.metric === metric)?.value;
  expect(valueOf("system.cpu.utilization")).toBeCloseTo(0.9, 6);
  expect(valueOf("system.linux.pressure")).toBeCloseTo(0.6, 6);
  expect(valueOf("system.disk.io")).toBeCloseTo(100, 6);
  // A second of the minute that the row covers.
  expect(osProcesses[0]).toMatchObject({ name: "indexer", cpuSeconds: near(1) });
});

test("OS processes are compared by name and user, those first that used more CPU than usual", async () => {
  const { osProcesses } = await explain("night-0");
  expect(osProcesses).toEqual([
    {
      name: "indexer",
      user: "www",
      cpuSeconds: 600,
      ioBytes: null,
      rssBytes: 5e9,
      usualCpuSeconds: 0,
      usualIoBytes: 0,
      usualRssBytes: 0,
      runQueueSeconds: null,
      usualRunQueueSeconds: 0,
    },
    {
      name: "backup",
      user: "ops",
      cpuSeconds: 60,
      ioBytes: 200,
      rssBytes: 1000,
      usualCpuSeconds: 60,
      usualIoBytes: 200,
      usualRssBytes: 1000,
      runQueueSeconds: 300,
      usualRunQueueSeconds: 10,
    },
  ]);
});

test("with too few predecessors nothing is called usual", async () => {
  const { host, osProcesses } = await explain(`night-${nights - 1}`);
  expect(host.length).toBeGreaterThan(0);
  expect(host.every((value) => value.usual === null)).toBe(true);
  expect(osProcesses.every((each) => each.usualCpuSeconds === null)).toBe(true);
});
