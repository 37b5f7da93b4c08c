import type { Benchmark } from "../benchmark.ts";
import { engineVersion } from "../engine.ts";
import { rateOf } from "../rate.ts";

const steps = 50_000;

/** Floating point: a step of a body that two others attract, with divisions and square roots. */
export const cpuFloat: Benchmark = {
  name: "cpu-float",
  unit: "{operation}/s",
  instrument: () => `1 ${engineVersion()}`,
  run({ seconds }) {
    // Numbers that a closure keeps are objects on the heap, and what would be measured is their allocation.
    const kept = Float64Array.of(1, 0, 0, 0.7);
    const work = () => {
      let x = kept[0]!;
      let y = kept[1]!;
      let vx = kept[2]!;
      let vy = kept[3]!;
      for (let i = 0; i < steps; i++) {
        const [toLeft, toRight] = [x + 1.5, x - 1.5];
        const left = toLeft * toLeft + y * y + 0.1;
        const right = toRight * toRight + y * y + 0.1;
        const pullLeft = 1 / (left * Math.sqrt(left));
        const pullRight = 1 / (right * Math.sqrt(right));
        vx -= 0.001 * (toLeft * pullLeft + toRight * pullRight);
        vy -= 0.001 * y * (pullLeft + pullRight);
        x += 0.001 * vx;
        y += 0.001 * vy;
      }
      kept.set([x, y, vx, vy]);
    };
    return rateOf(work, { seconds }) * steps;
  },
};
