import { expect, test } from "vitest";
import { CollectLoop } from "./collect-loop.ts";
import type { Collected, Collector, Reading } from "./collector.ts";
import { ManualClock } from "./manual-clock.ts";
import type { SampleBody } from "./sample-body.ts";

const second = 1_000_000;
const start = 1_800_000_003_200_000;

function gauge(value: number): Reading {
  return { metric: "test.gauge", attributes: {}, unit: "1", type: "gauge", value };
}

function counter(value: number): Reading {
  return { metric: "test.counter", attributes: { part: "a" }, unit: "By", type: "counter", value };
}

function collector(name: string, everySeconds: number, collect: Collector["collect"]): Collector {
  return { name, everySeconds, collect };
}

function running(collectors: Collector[], clock = new ManualClock(start)) {
  const bodies: SampleBody[] = [];
  const failures: string[] = [];
  const loop = new CollectLoop({
    collectors,
    clock,
    sink: (body) => bodies.push(body),
    onFailure: (name, error) => failures.push(`${name}: ${error instanceof Error ? error.message : "?"}`),
  });
  loop.start();
  return { clock, bodies, failures, loop };
}

/** [seconds since 1,800,000,000, value, interval] of a metric in all bodies. */
function pointsOf(bodies: SampleBody[], metric: string): [number, number, number][] {
  return bodies.flatMap(({ series, points }) =>
    points.series.flatMap((index, row): [number, number, number][] =>
      series[index]!.metric === metric
        ? [[points.at[row]! / second - 1_800_000_000, points.value[row]!, points.intervalSeconds[row]!]]
        : [],
    ),
  );
}

test("collectors are asked at once, and then on whole multiples of their period", async () => {
  const { clock, bodies } = running([
    collector("fast", 5, () => ({ readings: [gauge(1)] })),
    collector("slow", 10, () => ({ readings: [{ ...gauge(2), metric: "test.slow" }] })),
  ]);
  await clock.advance(20);
  expect(pointsOf(bodies, "test.gauge").map(([at]) => at)).toEqual([3.2, 5, 10, 15, 20].map(near));
  expect(pointsOf(bodies, "test.slow").map(([at]) => at)).toEqual([3.2, 10, 20].map(near));
});

test("a counter is sent as increments; its first reading and a reset send nothing", async () => {
  const totals = [100, 150, 150, 20, 25];
  const { clock, bodies } = running([
    collector("counting", 10, () => ({ readings: [counter(totals.shift() ?? 0)] })),
  ]);
  await clock.advance(38);
  expect(pointsOf(bodies, "test.counter")).toEqual([
    [10, 50, near(6.8)],
    [20, 0, near(10)],
    [40, 5, near(10)],
  ]);
});

test("a collector that throws costs its own readings and is counted; the others go on", async () => {
  const { clock, bodies, failures } = running([
    collector("broken", 10, () => {
      throw new Error("no such file");
    }),
    collector("rejecting", 10, () => Promise.reject(new Error("refused"))),
    collector("good", 10, () => ({ readings: [gauge(1)] })),
  ]);
  await clock.advance(10);
  expect(pointsOf(bodies, "test.gauge")).toHaveLength(2);
  expect(pointsOf(bodies, "culprit.agent.collector.failures").map(([, value]) => value)).toEqual([
    1, 1, 1, 1,
  ]);
  expect(failures).toEqual([
    "broken: no such file",
    "rejecting: refused",
    "broken: no such file",
    "rejecting: refused",
  ]);
});

test("a collector that hangs is given up and not asked again until it answers; the others' ticks are on time", async () => {
  let asked = 0;
  let answer: ((collected: Collected) => void) | undefined;
  const hanging = collector("hanging", 5, () => {
    asked++;
    return new Promise((resolve) => (answer = resolve));
  });
  const { clock, bodies, failures } = running([
    hanging,
    collector("good", 5, () => ({ readings: [gauge(1)] })),
  ]);
  await clock.advance(14);
  expect(asked).toBe(1);
  // The first look is not on a multiple and may end after the next.
  const times = pointsOf(bodies, "test.gauge").map(([at]) => at);
  expect(times.toSorted((one, other) => one - other)).toEqual([3.2, 5, 10, 15].map(near));
  expect(failures.toSorted()).toEqual([
    ...Array(3).fill("hanging: its look before has not ended yet"),
    "hanging: no answer within 3 s",
  ]);
  answer?.({});
  await clock.advance(6);
  expect(asked).toBe(2);
});

test("every collector's duration is a metric", async () => {
  const clock = new ManualClock(start);
  const waiting = collector(
    "waiting",
    10,
    () => new Promise((resolve) => void clock.after(2, () => resolve({ readings: [gauge(1)] }))),
  );
  const { bodies } = running([waiting], clock);
  await clock.advance(10);
  expect(pointsOf(bodies, "culprit.agent.collector.duration").map(([, value]) => value)).toEqual([
    near(2),
    near(2),
  ]);
});

test("a tick that comes late still asks those whose multiple has passed", async () => {
  const { clock, bodies } = running([
    collector("busy", 5, () => ({ readings: [gauge(1)] })),
    collector("minutely", 60, () => ({ readings: [{ ...gauge(2), metric: "test.minutely" }] })),
  ]);
  await clock.advance(52);
  // The program stood still over the whole minute: the clock is ahead when the timer fires at last.
  clock.set(1_800_000_062 * second);
  await clock.advance(5);
  expect(pointsOf(bodies, "test.minutely").map(([at]) => at)).toEqual([near(3.2), 65]);
});

test("ticks go on after the clock was set back", async () => {
  const { clock, bodies } = running([collector("any", 10, () => ({ readings: [gauge(1)] }))]);
  await clock.advance(10);
  clock.set(1_799_990_001 * second);
  await clock.advance(20);
  expect(pointsOf(bodies, "test.gauge").map(([at]) => at)).toEqual(
    [3.2, 10, -10_000, -9990, -9980].map(near),
  );
});

test("a value that is no number is left out", async () => {
  const { bodies, clock } = running([
    collector("odd", 10, () => ({
      readings: [gauge(Number.NaN), gauge(Number.POSITIVE_INFINITY), gauge(3)],
    })),
  ]);
  await clock.advance(1);
  expect(pointsOf(bodies, "test.gauge").map(([, value]) => value)).toEqual([3]);
});

test("stopping ends the ticks, and a period that is no whole number is refused", async () => {
  const { clock, bodies, loop } = running([collector("any", 5, () => ({ readings: [gauge(1)] }))]);
  await clock.advance(3);
  loop.stop();
  const sent = bodies.length;
  await clock.advance(30);
  expect(bodies).toHaveLength(sent);
  expect(() => running([collector("odd", 2.5, () => ({}))])).toThrow("collector odd: 2.5");
});

function near(value: number): number {
  return expect.closeTo(value, 5) as number;
}
