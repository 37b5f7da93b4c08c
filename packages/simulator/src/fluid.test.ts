import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fluidWorld } from "./fluid-world.ts";
import { playFluid, type Demand, type Sharing } from "./fluid.ts";
import type { Plan } from "./plan.ts";
import { without } from "./plan.ts";
import { causedSeconds, costsOf } from "./played.ts";
import { origin } from "./schedule.ts";
import { plainProcess } from "./test/plain-process.ts";
import { truthOf, type World } from "./world.ts";

const cpu = (demand: number): Demand[] => [{ resource: 0, demand, share: 1 }];

function play(
  rows: [process: number, start: number, work: number, waits?: number][],
  demands: Demand[][],
  stolen = 0,
) {
  const plan: Plan = {
    seed: 1,
    days: 1,
    machines: 1,
    sharedBy: null,
    processes: demands.map(() => plainProcess),
    runs: {
      start: Float64Array.from(rows, ([, start]) => origin + start),
      process: Int32Array.from(rows, ([one]) => one),
      work: Float64Array.from(rows, ([, , work]) => work),
      waiting: Float64Array.from(rows, ([, , , waits]) => waits ?? 0),
      intensity: new Float64Array(rows.length).fill(1),
      usual: Float64Array.from(rows, ([, , work]) => work),
      key: Int32Array.from(rows.keys()),
    },
  };
  const none = { at: [], value: [] };
  const steal = { at: [origin], value: [stolen] };
  const sharing: Sharing = { demands, unlogged: [none, none], steal: [steal], slowdown: "scarcest" };
  const played = playFluid(plan, sharing);
  return { played, seconds: Array.from(played.end, (end) => end - origin) };
}

describe("sharing one machine", () => {
  test("two that want all of it take twice as long while both run", () => {
    const { played, seconds } = play(
      [
        [0, 0, 100],
        [1, 0, 50],
      ],
      [cpu(1), cpu(1)],
    );
    expect(seconds[1]).toBeCloseTo(100, 4);
    expect(seconds[0]).toBeCloseTo(150, 4);
    expect(costsOf(played, 0).get(1)).toBeCloseTo(50, 4);
  });

  test("one neighbour that leaves enough costs nothing, the second one does, in proportion to what it wants", () => {
    const demands = [cpu(0.5), cpu(0.5), cpu(0.25)];
    const one = play(
      [
        [0, 0, 100],
        [1, 0, 1000],
      ],
      demands,
    );
    expect(one.seconds[0]).toBeCloseTo(100, 4);
    const two = play(
      [
        [0, 0, 100],
        [1, 0, 1000],
        [2, 0, 1000],
      ],
      demands,
    );
    expect(two.seconds[0]).toBeCloseTo(125, 4);
    expect(costsOf(two.played, 0).get(1)).toBeCloseTo((25 * 2) / 3, 4);
    expect(costsOf(two.played, 0).get(2)).toBeCloseTo(25 / 3, 4);
  });

  test("what the host takes is the host's", () => {
    const { played, seconds } = play([[0, 0, 100]], [cpu(0.8)], 0.5);
    expect(seconds[0]).toBeCloseTo(160, 4);
    expect(played.hostSeconds[0]).toBeCloseTo(60, 4);
  });

  test("who waits for something outside crowds nobody meanwhile and is slowed by nobody", () => {
    const { played, seconds } = play(
      [
        [0, 0, 100],
        [1, 0, 100, 60],
      ],
      [cpu(1), cpu(1)],
    );
    expect(seconds[0]).toBeCloseTo(140, 4);
    expect(seconds[1]).toBeCloseTo(140, 4);
    expect(costsOf(played, 1).get(0)).toBeCloseTo(40, 4);
  });

  test("samples hold all demand, served or waiting", () => {
    const { played } = play(
      [
        [0, 0, 100],
        [1, 15, 10],
      ],
      [cpu(0.7), cpu(0.6)],
    );
    const load = played.loads![0]!.cpu;
    expect(load[0]).toBeCloseTo(0.7, 5);
    expect(load[1]).toBeCloseTo(0.7 + 0.3, 5);
    expect(load[2]).toBeCloseTo(0.7 + 0.6 * 0.8, 5);
  });
});

const options = {
  seed: 5,
  processes: 24,
  machines: 3,
  days: 10,
  culprits: 3,
  slowdown: "scarcest",
  crowding: 1,
  demandError: 0.1,
  queueBias: 0,
  idle: false,
} as const;

describe.each(["scarcest", "product", "phases"] as const)("a crowded world (%s)", (slowdown) => {
  const world = fluidWorld({ ...options, slowdown });

  test("loses nothing: work and all costs are how long it took", () => {
    const { costs } = world.played;
    let wrong = 0;
    for (let run = 0; run < world.played.end.length; run++) {
      const { usual, own, costs: others, unlogged, host } = truthOf(world, run);
      const lost = costs.seconds
        .slice(costs.offset[run], costs.offset[run + 1])
        .reduce((sum, one) => sum + one, 0);
      const took = world.played.end[run]! - world.plan.runs.start[run]!;
      wrong = Math.max(wrong, Math.abs(world.plan.runs.work[run]! + lost + unlogged + host - took));
      const shares = [...others.values()].reduce((sum, one) => sum + one, usual + own + unlogged + host);
      wrong = Math.max(wrong, Math.abs(shares - took));
    }
    expect(wrong).toBeLessThan(1e-4);
  });

  test("a companion that is always there costs next to nothing beside its culprit", () => {
    const caused = causedSeconds(world.played);
    const all = caused.reduce((sum, seconds) => sum + seconds, 0);
    expect(all).toBeGreaterThan(1000);
    for (const companion of world.companions) expect(caused[companion]).toBeLessThan(0.02 * all);
  });

  test("without a process the others take less, by no more than what it cost them when it crowded alone", () => {
    const { culprit } = world.planted.toSorted(
      (a, b) => causedSeconds(world.played)[b.culprit]! - causedSeconds(world.played)[a.culprit]!,
    )[0]!;
    const then = causedTotal(world, culprit);
    const share = causedSeconds(world.played)[culprit]!;
    // Taking it away also takes away what the others cost each other because of it.
    expect(then).toBeGreaterThan(0.9 * share);
    expect(then).toBeLessThan(3 * share);
  });
});

/** By how much all other runs together are shorter without the process. */
function causedTotal(world: ReturnType<typeof fluidWorld>, culprit: number): number {
  const plan = without(world.plan, culprit);
  const then = world.play(plan);
  let total = 0;
  for (let run = 0; run < world.played.end.length; run++)
    if (world.plan.runs.process[run] !== culprit)
      total += world.played.end[run]! - world.plan.runs.start[run]!;
  for (let run = 0; run < then.end.length; run++) total -= then.end[run]! - plan.runs.start[run]!;
  return total;
}

test("an idle world costs nobody anything, however much is measured", () => {
  const world = fluidWorld({ ...options, idle: true });
  expect(causedSeconds(world.played).every((seconds) => seconds === 0)).toBe(true);
  expect(world.planted).toEqual([]);
  expect(world.observed.demands!.cpu.some((demand) => demand > 0)).toBe(true);
});

test("the same seed measures the same, and a larger error is one of the measurements alone", () => {
  const seen = ({ observed: { start, end, demands, samples } }: World) => ({
    times: [bytes(start), bytes(end)],
    measured: [bytes(demands!.cpu), bytes(demands!.io), ...samples!.map(({ cpu }) => bytes(cpu))],
  });
  const world = seen(fluidWorld(options));
  expect(seen(fluidWorld(options))).toEqual(world);
  const worse = seen(fluidWorld({ ...options, demandError: 0.2 }));
  expect(worse.times).toEqual(world.times);
  expect(worse.measured).not.toEqual(world.measured);
});

const bytes = (values: Float64Array | Float32Array): string =>
  createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
