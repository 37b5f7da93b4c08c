import { expect, test } from "vitest";
import { CollectLoop } from "./collect-loop.ts";
import type { Collector } from "./collector.ts";
import { ManualClock } from "./manual-clock.ts";
import { gauge } from "./readings.ts";
import type { SampleBody } from "./sample-body.ts";
import { SamplingPace } from "./sampling-pace.ts";

/** A loop whose looks cost what the test says, at a whole minute. */
function overloadable() {
  const clock = new ManualClock(1_800_000_000_000_000);
  const machine = { cpuSecondsPerLook: 0, memoryStalled: 0 };
  let cpuSeconds = 0;
  const looks: number[] = [];
  const bodies: SampleBody[] = [];
  const changes: string[] = [];
  const collector: Collector = {
    name: "costly",
    everySeconds: 5,
    collect({ at }) {
      looks.push(at / 1e6 - 1_800_000_000);
      cpuSeconds += machine.cpuSecondsPerLook;
      const attributes = { resource: "memory", stall: "full" };
      return { readings: [gauge("system.linux.pressure", "1", machine.memoryStalled, attributes)] };
    },
  };
  const loop = new CollectLoop({
    collectors: [collector],
    clock,
    sink: (body) => bodies.push(body),
    onFailure: () => undefined,
    onPace: (factor, reason) => changes.push(`${factor} ${reason}`),
    ownCpuSeconds: () => cpuSeconds,
  });
  loop.start();
  const factors = () =>
    bodies.flatMap(({ series, points }) => {
      const index = series.findIndex(({ metric }) => metric === "culprit.agent.sampling.factor");
      return index < 0 ? [] : [points.value[points.series.indexOf(index)]];
    });
  return { clock, machine, looks, changes, factors, loop };
}

test("looks that cost over 1% of a core come half as often, then a quarter, never less, and the factor is told", async () => {
  const { clock, machine, looks, changes, factors } = overloadable();
  machine.cpuSecondsPerLook = 0.3;
  await clock.advance(600);
  expect(changes).toEqual(["2 cost", "4 cost"]);
  expect(looks.slice(0, 3)).toEqual([0, 5, 10]);
  expect(looks.slice(-3)).toEqual([560, 580, 600]);
  expect(factors().at(-1)).toBe(4);
});

test("it returns step by step after minutes of calm, and not while twice the looks would cost too much", async () => {
  const { clock, machine, looks, changes } = overloadable();
  machine.cpuSecondsPerLook = 0.06;
  await clock.advance(130);
  // At a half of the looks 0.6%: within the budget, but not for twice as many.
  await clock.advance(1200);
  expect(changes).toEqual(["2 cost"]);
  machine.cpuSecondsPerLook = 0.005;
  await clock.advance(600);
  expect(changes).toEqual(["2 cost", "1 calm"]);
  expect(looks.at(-1)! - looks.at(-2)!).toBe(5);
});

test("one dear look changes nothing", async () => {
  const { clock, machine, changes } = overloadable();
  machine.cpuSecondsPerLook = 0.3;
  await clock.advance(2);
  machine.cpuSecondsPerLook = 0;
  await clock.advance(600);
  expect(changes).toEqual([]);
});

test("a machine that stands still for want of memory is looked at less", async () => {
  const { clock, machine, changes } = overloadable();
  machine.memoryStalled = 0.8;
  await clock.advance(70);
  expect(changes).toEqual(["2 memory"]);
});

test("ticks that come late by more than their interval count; a single one, as after a suspend, does not", () => {
  const minute = (lateTicks: number) => {
    const pace = new SamplingPace();
    for (let tick = 0; tick <= 12; tick++) {
      const lateSeconds = tick < lateTicks ? 6 : 0;
      pace.note({ monotonicSeconds: tick * 5, cpuSeconds: 0, lateSeconds, memoryStalled: null }, 5);
    }
    return pace.factor;
  };
  expect([minute(1), minute(6)]).toEqual([1, 2]);
});
