/** What a process page says of web requests that are sampled. */
import { formatInstant, parseInstant, processDetail } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { storeSamples, type SamplePoint } from "../test/samples.ts";
import { mean, quantile } from "./web-requests.ts";

const start = parseInstant("2026-11-27T10:00:00Z")!;
const minute = 60e6;
let under: HubUnderTest;

const requests = (process: string, upper: string, statusClass: string, value: number): SamplePoint => ({
  series: {
    metric: "http.server.request.duration",
    attributes: {
      "culprit.process": process,
      "http.request.method": "GET",
      "http.route": process.slice(4),
      "http.response.status_class": statusClass,
      "bucket.upper": upper,
    },
    unit: "{request}",
    type: "counter",
  },
  at: start + 10 * minute,
  value,
  intervalSeconds: 60,
});

const run = (process: string, number: number, machine = "web1") => ({
  id: `${process.slice(5)}-${number}`,
  machine,
  kind: "web" as const,
  process,
  startedAt: formatInstant(start + number * minute),
  endedAt: formatInstant(start + number * minute + 1e6),
});

beforeAll(async () => {
  under = await hubUnderTest("2026-11-27T12:00:00Z");
  const machineId = (await under.hub.fleet.create("web1"))!;
  await under.hub.fleet.create("web2");
  await storeSamples(under.hub.store, machineId, {
    points: [
      requests("GET /orders", "0.05", "2xx", 900),
      requests("GET /orders", "0.1", "2xx", 60),
      requests("GET /orders", "inf", "5xx", 40),
      requests("GET /quiet", "0.05", "2xx", 2),
      requests("GET /spread", "0.05", "2xx", 20),
      requests("GET /untimed", "unknown", "2xx", 70),
    ],
  });
  const body = ["GET /orders", "GET /quiet", "GET /spread", "GET /untimed"].flatMap((process) => [
    run(process, 1),
    run(process, 2),
  ]);
  expect(await under.ask("POST", "/executions", { body })).toMatchObject({ body: { accepted: 8 } });
});

afterAll(() => under.close());

async function detail(process: string, query = "") {
  const window = "from=2026-11-27T09:00:00Z&to=2026-11-27T11:00:00Z";
  const answer = await under.ask("GET", `/processes/${encodeURIComponent(process)}?${window}${query}`);
  return processDetail.parse(answer.body);
}

test("a sampled process says so, with the figures of all its requests", async () => {
  const { requests, text, summary } = await detail("GET /orders");
  expect(summary.statistics.count).toBe(2);
  expect(requests).toEqual({
    count: 1000,
    recorded: 2,
    machines: ["web1"],
    failures: 40,
    // Those of the last bucket took nobody knows how long.
    meanSeconds: null,
    medianSeconds: expect.closeTo(0.025 + (500 / 900) * 0.025, 6),
    p95Seconds: expect.closeTo(0.075 + (50 / 60) * 0.025, 6),
  });
  expect(text).toContain("Requests counted: 1,000; recorded one by one: 2");
  expect(text).toContain("Of all requests: median about 39 ms, 95% within about 96 ms, failed 40.");
});

test("one whose requests are all recorded says nothing of it", async () => {
  const { requests, text } = await detail("GET /quiet");
  expect(requests).toBeUndefined();
  expect(text).not.toContain("counted");
});

test("where no request time is known none is told", async () => {
  const { requests, text } = await detail("GET /untimed");
  expect(requests).toMatchObject({
    count: 70,
    failures: 0,
    meanSeconds: null,
    medianSeconds: null,
    p95Seconds: null,
  });
  expect(text).toContain("does not tell how long they took");
});

test("other machines and other kinds are not mixed in", async () => {
  expect((await detail("GET /orders", "&machine=web2")).requests).toBeUndefined();
  expect((await detail("GET /orders", "&kind=job")).requests).toBeUndefined();
  expect((await detail("GET /orders", "&machine=web1&kind=web")).requests?.count).toBe(1000);
});

test("runs of a machine that counts nothing hide no sampling elsewhere, and are told apart", async () => {
  const body = Array.from({ length: 30 }, (_, number) => run("GET /spread", number + 1, "web2"));
  await under.ask("POST", "/executions", { body });
  const { requests, text, summary } = await detail("GET /spread");
  expect(summary.statistics.count).toBe(32);
  expect(requests).toMatchObject({ count: 20, recorded: 2, machines: ["web1"] });
  expect(requests!.meanSeconds).toBeCloseTo(0.0375, 9);
  expect(text).toContain(
    "Requests are counted on `web1` alone. Requests counted: 20; recorded one by one: 2",
  );
  expect((await detail("GET /orders")).text).not.toContain("alone");
});

test("an empty histogram has no quantile and no mean", () => {
  expect(quantile(new Map(), 0.5)).toBeNull();
  expect(mean(new Map())).toBeNull();
});

test.each([
  [[[0.1, 10]], 0.5, 0.0875],
  [[[Infinity, 10]], 0.5, 10],
  [
    [
      [0.005, 1],
      [10, 99],
    ],
    0.01,
    0.005,
  ],
] as const)("of %j the quantile %d is %s", (histogram, share, expected) => {
  expect(quantile(new Map(histogram), share)).toBeCloseTo(expected, 6);
});
