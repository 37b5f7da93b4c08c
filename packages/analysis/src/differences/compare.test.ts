import { describe, expect, test } from "vitest";
import { gaussian, seededRandom } from "../seeded-random.ts";
import { compareSpan, type SpanValues } from "./compare.ts";
import { spansBefore } from "./spans.ts";

const day = 86_400;
/** A Wednesday, 10:00 to 11:00. */
const wednesday = { from: Date.UTC(2026, 2, 4, 10) / 1000, to: Date.UTC(2026, 2, 4, 11) / 1000 };
const history = 28;

type Random = () => number;
/** By day, the last one in question; `weekday` from Monday. */
type Make = (random: Random, days: number, weekday: (at: number) => number) => number[];

const noise = (random: Random, days: number, kept = 0): number[] => {
  let before = gaussian(random);
  return Array.from(
    { length: days },
    () => (before = kept * before + Math.sqrt(1 - kept ** 2) * gaussian(random)),
  );
};

function world(
  makers: readonly { make: Make; count?: boolean }[],
  seed: number,
  references: number,
): SpanValues {
  const random = seededRandom(seed);
  const from = wednesday.from + (seed % 7) * day;
  const span = { from, to: from + 3600 };
  const spans = [span, ...spansBefore(span).slice(0, references)];
  const weekday = (at: number): number => (Math.floor(from / day) + at - history + 3) % 7;
  const values = makers.flatMap(({ make }) => {
    const byDay = make(random, history + 1, weekday);
    return spans.map((one) => byDay[history + Math.round((one.from - from) / day)]!);
  });
  return {
    spans,
    values: Float64Array.from(values),
    isCount: Uint8Array.from(makers, ({ count }) => (count ? 1 : 0)),
  };
}

const quiet: Record<string, { make: Make; count?: boolean }> = {
  "steady noise": { make: (random, days) => noise(random, days).map((x) => 100 + 10 * x) },
  "noise that lasts for days": { make: (random, days) => noise(random, days, 0.8).map((x) => 100 + 10 * x) },
  "slow growth": { make: (random, days) => noise(random, days).map((x, at) => 100 + 3 * at + x) },
  "a random walk": {
    make: (random, days) => {
      let level = 100;
      return Array.from({ length: days }, () => (level += gaussian(random)));
    },
  },
  "skewed values": { make: (random, days) => noise(random, days).map((x) => Math.exp(1.5 * x)) },
  "quiet weekends": {
    make: (random, days, weekday) => noise(random, days).map((x, at) => (weekday(at) > 4 ? 40 : 100) + 5 * x),
  },
  "a full backup on Sundays": {
    make: (random, days, weekday) =>
      noise(random, days).map((x, at) => (weekday(at) === 6 ? 300 : 100) + 5 * x),
  },
  constants: {
    make: (random, days) => Array.from({ length: days }, () => 0).fill(Math.floor(random() * 3) * 50),
  },
  "mostly zero": {
    make: (random, days) => Array.from({ length: days }, () => (random() < 0.03 ? random() : 0)),
  },
  gaps: { make: (random, days) => noise(random, days).map((x) => (random() < 0.3 ? NaN : 100 + 10 * x)) },
  "rare events": {
    make: (random, days) => Array.from({ length: days }, () => (random() < 0.05 ? 1 : 0)),
    count: true,
  },
  "bursts of events": {
    make: (random, days) =>
      Array.from({ length: days }, () => (random() < 0.1 ? Math.floor(random() * 99) : 0)),
    count: true,
  },
};

describe("where nothing is different", () => {
  const kinds = Object.values(quiet);
  test.each([16, 7, 3])("nothing is listed in 19 of 20 spans, with %i days before", (references) => {
    const worlds = 30;
    let listed = 0;
    for (let seed = 0; seed < worlds; seed++) {
      const makers = Array.from({ length: 60 }, (_, at) => kinds[at % kinds.length]!);
      if (compareSpan(world(makers, 1000 + seed, references)).differences.length > 0) listed++;
    }
    expect(listed).toBeLessThanOrEqual(3);
  });
});

describe("what is different", () => {
  const steady = quiet["steady noise"]!;
  const some = Object.values(quiet);
  const withPlanted = (planted: { make: Make; count?: boolean }, count: number, seed: number, fleet = some) =>
    compareSpan(
      world(
        [
          ...Array.from({ length: count }, () => planted),
          ...Array.from({ length: 60 }, (_, at) => fleet[at % fleet.length]!),
        ],
        seed,
        16,
      ),
    );
  const atLast =
    (of: Make, change: (value: number) => number): Make =>
    (random, days, weekday) =>
      of(random, days, weekday).map((value, at) => (at === days - 1 ? change(value) : value));

  test("is listed first, with its value and what is usual", () => {
    const { differences, compared } = withPlanted({ make: atLast(steady.make, (x) => x + 150) }, 1, 1);
    expect(differences[0]).toMatchObject({ series: 0 });
    expect(differences[0]!.value).toBeGreaterThan(200);
    expect(differences[0]!.usual).toBeGreaterThan(90);
    expect(differences[0]!.usual).toBeLessThan(110);
    expect(differences[0]!.score).toBeGreaterThan(8);
    expect(differences[0]!.q).toBeLessThan(0.05);
    expect(compared).toBeGreaterThan(55);
  });

  test("is found in many series of one machine, as after a change of a machine", () => {
    const { differences } = withPlanted({ make: atLast(steady.make, (x) => x + 60) }, 12, 2);
    const planted = differences.filter(({ series }) => series < 12);
    expect(planted.length).toBeGreaterThanOrEqual(6);
    expect(differences.length - planted.length).toBeLessThanOrEqual(2);
  });

  test("is found where a bad day among the days before had the same in all series", () => {
    const badBefore: Make = (random, days, weekday) =>
      steady.make(random, days, weekday).map((x, at) => (at === days - 1 || at === days - 6 ? x + 400 : x));
    const { differences } = withPlanted({ make: badBefore }, 20, 3);
    expect(differences.filter(({ series }) => series < 20).length).toBeGreaterThanOrEqual(10);
  });

  test("are failures that never were where events come one by one, and runs that did not come", () => {
    const without = Object.entries(quiet).flatMap(([name, one]) =>
      name === "bursts of events" ? [] : [one],
    );
    const never: Make = (_, days) => Array.from({ length: days }, () => 0);
    const { differences } = withPlanted({ make: atLast(never, () => 9), count: true }, 1, 4, without);
    expect(differences[0]).toMatchObject({ series: 0, value: 9, usual: 0 });
    const often: Make = (random, days) =>
      Array.from({ length: days }, () => Math.round(60 + 5 * gaussian(random)));
    const fewer = withPlanted({ make: atLast(often, () => 4), count: true }, 1, 5, without);
    expect(fewer.differences[0]).toMatchObject({ series: 0, value: 4 });
    expect(fewer.differences[0]!.score).toBeLessThan(-3);
  });

  test("is not told of a series that has no value now, or too few before", () => {
    const { differences, compared } = compareSpan(
      world(
        [{ make: (random, days) => noise(random, days).map((x, at) => (at === days - 1 ? NaN : x)) }],
        6,
        16,
      ),
    );
    expect({ differences, compared }).toEqual({ differences: [], compared: 0 });
    expect(compareSpan(world([steady], 7, 2)).compared).toBe(0);
  });

  test("does not depend on the unit, nor on the order", () => {
    const { spans, values, isCount } = world(
      [{ make: atLast(steady.make, (x) => x + 150) }, ...Array.from({ length: 40 }, () => steady)],
      8,
      16,
    );
    const inBytes = compareSpan({ spans, values: values.map((value) => value * 1024), isCount });
    expect(inBytes.differences.map(({ series }) => series)).toEqual([0]);
    const columns = spans.length;
    const reversed = Float64Array.from(values, (_, at) => {
      const row = isCount.length - 1 - Math.floor(at / columns);
      return values[row * columns + (at % columns)]!;
    });
    expect(compareSpan({ spans, values: reversed, isCount }).differences.map(({ series }) => series)).toEqual(
      [40],
    );
  });

  test("is asked for with a value for each series and span", () => {
    expect(() =>
      compareSpan({ spans: [wednesday], values: new Float64Array(3), isCount: new Uint8Array(2) }),
    ).toThrow(RangeError);
  });
});
