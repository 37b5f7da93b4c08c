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
    let [x, y, vx, vy] = [1, 0, 0, 0.7];
    const work = () => {
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
    };
    return rateOf(work, { seconds }) * steps;
  },
};
