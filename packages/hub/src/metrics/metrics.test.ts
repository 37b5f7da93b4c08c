import { list, osProcess, parseInstant, seriesAnswer, type SeriesDescription } from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { osProcessRows, storeSamples } from "../test/samples.ts";
import { withGaps } from "./gaps.ts";
import { chooseStepSeconds } from "./series.ts";

const start = parseInstant("2026-11-23T11:00:00Z")!;
let under: HubUnderTest;

const busy: SeriesDescription = {
  metric: "system.cpu.utilization",
  attributes: { "cpu.mode": "user" },
  unit: "1",
  type: "gauge",
};
const received: SeriesDescription = {
  metric: "system.network.io",
  attributes: { "network.io.direction": "receive", "network.interface.name": "eth0" },
  unit: "By",
  type: "counter",
};

beforeAll(async () => {
  under = await hubUnderTest("2026-11-23T12:00:00Z");
  const machineId = (await under.hub.fleet.create("db1"))!;
  await under.hub.fleet.create("idle");
  const points = [];
  for (let second = 10; second <= 3600; second += 10) {
    // Ten minutes in, the agent was away for five.
    if (second > 600 && second <= 900) continue;
    points.push({
      series: busy,
      at: start + second * 1e6,
      value: second <= 600 ? 0.25 : 0.75,
      intervalSeconds: 0,
    });
    points.push({ series: received, at: start + second * 1e6, value: 5000, intervalSeconds: 10 });
  }
  await storeSamples(under.hub.store, machineId, {
    points,
    osProcesses: osProcessRows([
      { at: start + 1800e6, uid: "aaaa", name: "gzip", cpuPercent: 99 },
      { at: start + 1860e6, uid: "aaaa", name: "gzip", cpuPercent: 50 },
      { at: start + 1860e6, uid: "bbbb", name: "sshd", cpuPercent: 1 },
      { at: start + 1700e6, uid: "cccc", name: "ended", cpuPercent: 70 },
    ]),
  });
});

afterAll(() => under.close());

describe("GET /metrics/series", () => {
  test("serves gauges as means and counters as rates, in the step asked for", async () => {
    const answer = await under.ask(
      "GET",
      "/metrics/series?machine=db1&metric=system.cpu.utilization&metric=system.network.io" +
        "&from=2026-11-23T11:00:00Z&to=2026-11-23T11:10:00Z&stepSeconds=60",
    );
    const { series, stepSeconds } = seriesAnswer.parse(answer.body);
    expect(stepSeconds).toBe(60);
    const [cpu, network] = series;
    expect(cpu).toMatchObject({ machine: "db1", machineId: "m_1", attributes: busy.attributes, unit: "1" });
    expect(cpu!.times).toEqual(Array.from({ length: 10 }, (_, minute) => start / 1000 + minute * 60_000));
    expect(cpu!.values).toEqual(Array.from({ length: 10 }, () => 0.25));
    expect(network).toMatchObject({ metric: "system.network.io", unit: "By/s" });
    expect(new Set(network!.values)).toEqual(new Set([500]));
  });

  test("shows a gap as a null, and chooses a step", async () => {
    const answer = await under.ask(
      "GET",
      "/metrics/series?machine=m_1&metric=system.cpu.utilization&from=2026-11-23T11:00:00Z",
    );
    const { series, stepSeconds } = seriesAnswer.parse(answer.body);
    expect(stepSeconds).toBe(10);
    const { times, values } = series[0]!;
    const gap = values.indexOf(null);
    expect(values.filter((value) => value === null)).toHaveLength(1);
    expect(times[gap]).toBe((start + 610e6) / 1000);
    expect(times[gap + 1]).toBe((start + 910e6) / 1000);
    expect([values[gap - 1], values[gap + 1]]).toEqual([0.25, 0.75]);
  });

  test("takes many at once by POST, and all machines if none is named", async () => {
    const answer = await under.ask("POST", "/metrics/series", {
      body: { metric: ["system.cpu.utilization", "system.network.io", "system.absent"], stepSeconds: 600 },
    });
    expect(seriesAnswer.parse(answer.body).series.map((each) => each.metric)).toEqual([
      "system.cpu.utilization",
      "system.network.io",
    ]);
  });

  test("refuses more points than the limit and names it", async () => {
    const answer = await under.ask(
      "GET",
      "/metrics/series?metric=system.cpu.utilization&from=2026-01-01T00:00:00Z&stepSeconds=1",
    );
    expect(answer).toMatchObject({ status: 422, body: { code: "limit-exceeded", limit: 500_000 } });
  });

  test("refuses a machine it does not know and a window that ends before it starts", async () => {
    expect(await under.ask("GET", "/metrics/series?machine=absent&metric=a")).toMatchObject({ status: 404 });
    const reversed = "/metrics/series?metric=a&from=2026-11-23T11:00:00Z&to=2026-11-23T10:00:00Z";
    expect(await under.ask("GET", reversed)).toMatchObject({ status: 400 });
  });
});

describe("GET /os-processes", () => {
  test("is the table at an instant: the newest row of all seen in the last minute or so, busiest first", async () => {
    const answer = await under.ask("GET", "/os-processes?machine=db1&at=2026-11-23T11:31:05Z");
    const { items } = list(osProcess).parse(answer.body);
    expect(items.map((each) => [each.uid, each.cpuPercent, each.at])).toEqual([
      ["aaaa", 50, "2026-11-23T11:31:00.000000Z"],
      ["bbbb", 1, "2026-11-23T11:31:00.000000Z"],
    ]);
  });

  test("is one's history, oldest first", async () => {
    const answer = await under.ask("GET", "/os-processes?machine=db1&uid=aaaa&from=2026-11-23T11:00:00Z");
    const { items } = list(osProcess).parse(answer.body);
    expect(items.map((each) => each.cpuPercent)).toEqual([99, 50]);
  });

  test("refuses an instant with a uid, and too long a history", async () => {
    expect(await under.ask("GET", "/os-processes?machine=db1&uid=a&at=2026-11-23T11:00:00Z")).toMatchObject({
      status: 400,
    });
    expect(await under.ask("GET", "/os-processes?machine=db1&uid=a&from=2026-11-01T00:00:00Z")).toMatchObject(
      { status: 422 },
    );
  });
});

const days = (count: number) => ({ from: 0, to: count * 86_400e6 });

test("the chosen step gives at most 500 points", () => {
  expect(chooseStepSeconds({ from: 0, to: 3600e6 })).toBe(10);
  expect(chooseStepSeconds(days(1))).toBe(300);
  expect(chooseStepSeconds(days(30))).toBe(7200);
  expect(chooseStepSeconds(days(3650))).toBe(8 * 86_400);
});

test("a source that is read every minute has no gaps in steps of ten seconds", () => {
  const minutes = Float64Array.from({ length: 5 }, (_, minute) => minute * 60e6);
  expect(withGaps(minutes, new Float64Array(5), 10e6).values).not.toContain(null);
  expect(withGaps(new Float64Array(), new Float64Array(), 10e6)).toEqual({ times: [], values: [] });
});
