/** What every engine must do for samples. */
import type { Micros } from "@culprit/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { cpu, hour, networkIo, points, second, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function samplesSuite(engine: Store["engine"], address: Address): void {
  describe(`samples on ${engine}`, () => {
    const on = storeInTest(address);
    const { batch, commit } = on;

    let user: number;
    let io: number;
    beforeEach(async () => {
      [user, io] = (await on.seriesIds([cpu, networkIo])) as [number, number];
    });
    const everyTen = (count: number, from = start): [number, Micros, number, number][] =>
      Array.from({ length: count }, (_, i) => [user, from + i * 10 * second, i, 0]);
    const increments = (count: number): [number, Micros, number, number][] =>
      Array.from({ length: count }, (_, i) => [io, start + i * 10 * second, 1000 * i, 10]);

    test("are averaged by step if they are gauges, and made rates if they are counters", async () => {
      await commit(batch(1, { points: points([...everyTen(7), ...increments(7)]) }));
      const [gauge, counter] = await on.store.samples.series(
        [user, io],
        start,
        start + 60 * second,
        30 * second,
      );
      expect(gauge).toEqual({
        seriesId: user,
        machineId: on.machineId,
        description: cpu,
        times: Float64Array.of(start, start + 30 * second),
        values: Float64Array.of(1, 4),
      });
      expect(counter!.values).toEqual(Float64Array.of(100, 400));
    });

    test("add up over a window if they are counters, rolled up or not", async () => {
      await commit(batch(1, { points: points(increments(60)) }));
      const read = () => on.store.samples.totals([io, user], start, start + 600 * second);
      expect(await read()).toEqual(new Map([[io, 1_770_000]]));
      on.now += 1200 * second;
      await commit(batch(2, { points: points([[io, start + 10 * second, 5, 10]]) }));
      expect(await read()).toEqual(new Map([[io, 1_770_005]]));
      expect(await on.store.samples.totals([io], start + 1, start + 900 * second)).toEqual(
        new Map([[io, 1_335_000]]),
      );
      expect(await on.store.samples.totals([], start, start + second)).toEqual(new Map());
    });

    test("of several series are put together by machine and step", async () => {
      const other = (await on.store.machines.create("db", on.now))!;
      // An attribute may say anything.
      const systemCpu = { ...cpu, attributes: { "cpu.mode": 'it\'s \\ $1 "so"' } };
      const [system] = (await on.seriesIds([systemCpu])) as [number];
      const [far] = (await on.seriesIds([cpu], other)) as [number];
      await commit(
        batch(1, {
          points: points([
            [user, start, 0.25, 0],
            [user, start + 10 * second, 0.75, 0],
            [system, start, 0.5, 0],
            [system, start + 20 * second, 0.125, 0],
            [io, start + 10 * second, 1000, 10],
          ]),
        }),
        batch(1, { machineId: other, points: points([[far, start + 20 * second, 2, 0]]) }),
      );
      const machines = [on.machineId, other];
      const asked = [
        { kinds: [cpu, systemCpu], by: "sum" as const },
        { kinds: [networkIo], by: "max" as const },
      ];
      expect(await on.store.samples.kinds(machines, [cpu.metric])).toEqual([
        { metric: cpu.metric, attributes: systemCpu.attributes, machines: 1 },
        { metric: cpu.metric, attributes: cpu.attributes, machines: 2 },
      ]);
      const span = { from: start, to: start + 300 * second };
      expect(await on.store.samples.combined(machines, asked, span, 20 * second)).toEqual({
        machineId: Int32Array.of(on.machineId, on.machineId, other),
        at: Float64Array.of(start, start + 20 * second, start + 20 * second),
        values: [Float32Array.of(1, 0.125, 2), Float32Array.of(100, Number.NaN, Number.NaN)],
      });
      expect(
        await on.store.samples.combined(
          [on.machineId],
          [{ kinds: [cpu, systemCpu], by: "max" }],
          span,
          300 * second,
        ),
      ).toEqual({
        machineId: Int32Array.of(on.machineId),
        at: Float64Array.of(start),
        values: [Float32Array.of(0.5)],
      });
      expect(
        (await on.store.samples.combined(machines, [{ kinds: [], by: "sum" }], span, second)).at,
      ).toHaveLength(0);
    });

    test("have an average in each of some windows, rolled up or not", async () => {
      await commit(batch(1, { points: points([...everyTen(60), ...increments(60)]) }));
      const windows = [
        { from: start, to: start + 300 * second },
        { from: start + 10 * second, to: start + 40 * second },
        { from: start - 300 * second, to: start },
      ];
      const expected = Float64Array.of(1450, 200, NaN, 14.5, 2, NaN);
      expect(await on.store.samples.averages([io, user], windows)).toEqual(expected);
      on.now += 1200 * second;
      await commit(batch(2));
      expect(await on.store.samples.averages([io, user], windows)).toEqual(expected);
      expect(await on.store.samples.averages([], windows)).toHaveLength(0);
    });

    test("that were not taken leave no step", async () => {
      await commit(batch(1, { points: points([[user, start + 95 * second, 0.5, 0]]) }));
      const [series] = await on.store.samples.series([user], start, start + 200 * second, 10 * second);
      expect(series!.times).toEqual(Float64Array.of(start + 90 * second));
      expect((await on.store.samples.series([io], start, start + second, second))[0]!.times).toHaveLength(0);
      expect(await on.store.samples.series([], start, start + second, second)).toEqual([]);
    });

    test("give the same long series before and after they are rolled up, also when some come late", async () => {
      const hour = 3600 * second;
      const late = [everyTen(3, start + 600 * second), everyTen(30, start + 650 * second)];
      await commit(batch(1, { points: points([...everyTen(60), ...increments(60)]) }));
      const read = () => on.store.samples.series([user, io], start, start + hour, 300 * second);
      const fresh = await read();
      expect(fresh[0]!.values).toEqual(Float64Array.of(14.5, 44.5));
      on.now += 1200 * second;
      await commit(batch(2, { points: points(late[0]!) }));
      const once = await read();
      on.now += 1200 * second;
      await commit(batch(3, { points: points(late[1]!) }));
      const twice = await read();
      expect(once.map(({ values }) => Array.from(values.subarray(0, 2)))).toEqual(
        fresh.map(({ values }) => Array.from(values)),
      );
      expect(twice[1]).toEqual(fresh[1]);
      expect(twice[0]!.times).toEqual(
        Float64Array.of(start, start + 300 * second, start + 600 * second, start + 900 * second),
      );
      const all = [...late[0]!, ...late[1]!].filter(([, at]) => at < start + 900 * second);
      const mean = all.reduce((sum, [, , value]) => sum + value, 0) / all.length;
      expect(twice[0]!.values[2]).toBeCloseTo(mean, 12);
    });

    test("are averaged over windows, each by the part of its time that lies within", async () => {
      await commit(
        batch(1, {
          points: points([
            ...everyTen(4),
            [io, start + 10 * second, 100, 10],
            [io, start + 20 * second, 500, 10],
          ]),
        }),
      );
      const windows = [
        { from: start, to: start + 30 * second },
        // Half of what the sample after 10 s speaks for, half of the next.
        { from: start + 5 * second, to: start + 15 * second },
        // Between two samples: the later one knows.
        { from: start + 12 * second, to: start + 13 * second },
        { from: start + 14 * second, to: start + 14 * second },
        { from: start + 30 * second, to: start + 31 * second },
        { from: start - hour, to: start - 60 * second },
      ];
      const means = await on.store.samples.means(on.machineId, windows, [
        cpu.metric,
        networkIo.metric,
        "absent",
      ]);
      expect(means).toEqual([
        { description: cpu, values: Float64Array.of(2, 1.5, 2, 2, Number.NaN, Number.NaN) },
        { description: networkIo, values: Float64Array.of(30, 30, 50, 50, Number.NaN, Number.NaN) },
      ]);
      expect(await on.store.samples.means(on.machineId, windows, [])).toEqual([]);
    });

    test("do not speak for a gap before them", async () => {
      const afterGap: [number, Micros, number, number][] = [
        [user, start + 300 * second, 7, 0],
        [user, start + 310 * second, 9, 0],
      ];
      await commit(batch(1, { points: points([...everyTen(3), ...afterGap]) }));
      const windows = [
        { from: start + 100 * second, to: start + 101 * second },
        { from: start + 280 * second, to: start + 305 * second },
      ];
      const [means] = await on.store.samples.means(on.machineId, windows, [cpu.metric]);
      // 10 s of 7 and 5 s of 9; of the first 10 s nothing is known.
      expect(means!.values).toEqual(Float64Array.of(Number.NaN, (10 * 7 + 5 * 9) / 15));
    });

    test("are known by their newest value, if it is new enough", async () => {
      await commit(batch(1, { points: points([...everyTen(3), [io, start, 50, 10]]) }));
      const system = { ...cpu, attributes: { "cpu.mode": "system" } };
      const [other] = (await on.seriesIds([system])) as [number];
      await commit(batch(2, { points: points([[other, start + 10 * second, 0.5, 0]]) }));
      const columns = [
        { kinds: [cpu, system], by: "sum" as const },
        { kinds: [networkIo], by: "max" as const },
      ];
      const newest = (since: Micros) => on.store.samples.newest([on.machineId], columns, since);
      expect(await newest(start)).toEqual({
        machineId: Int32Array.of(on.machineId),
        values: [Float64Array.of(2.5), Float64Array.of(5)],
      });
      expect((await newest(start + 1)).values).toEqual([Float64Array.of(2.5), Float64Array.of(Number.NaN)]);
      expect((await newest(start + 21 * second)).machineId).toHaveLength(0);
    });
  });
}
