import { expect, test } from "vitest";
import { busyTime } from "../../busy.ts";
import { gaussian, seededRandom } from "../../seeded-random.ts";
import { fitNormal } from "../normals.ts";
import { observe } from "./observations.ts";
import { costsOf } from "./seconds.ts";

const hour = 3600;
const origin = 1_700_006_400;

test("what one costs is not told too low for the runs that another slowed at the same time", () => {
  const random = seededRandom(5);
  const starts = Float64Array.from({ length: 60 * 24 }, (_, k) => origin + k * hour);
  const suspects = [3, 1.6].map((factor) => {
    const beside = starts.map(() => (random() < 0.15 ? 1 : 0));
    const came = starts.filter((_, k) => beside[k] === 1);
    const busy = busyTime(
      came.map((at) => at - 60),
      came.map((at) => at + 1800),
    );
    return { factor, beside, actual: busy, planned: busy };
  });
  const seconds = starts.map((_, k) =>
    suspects.reduce(
      (all, { factor, beside }) => (beside[k] ? all * factor : all),
      200 * Math.exp(0.05 * gaussian(random)),
    ),
  );
  const runs = {
    run: Int32Array.from(starts.keys()),
    start: starts,
    end: starts.map((at, k) => at + seconds[k]!),
    timed: new Uint8Array(starts.length).fill(1),
  };
  const observed = observe(
    0,
    runs,
    fitNormal(runs),
    { origin, clusterSeconds: 24 * hour, clockChanges: [] },
    { least: 16, most: 20_000 },
  )!;
  for (const [k, { value, low, high }] of costsOf(observed, suspects).entries()) {
    const truth = 1 - 1 / suspects[k]!.factor;
    expect(Math.abs(value - truth)).toBeLessThan(0.01);
    expect(low).toBeLessThan(truth);
    expect(high).toBeGreaterThan(truth);
    expect(high - low).toBeLessThan(0.04);
  }
});
