import type { Benchmark } from "../benchmark.ts";
import { engineVersion } from "../engine.ts";
import { rateOf } from "../rate.ts";

const operations = 100_000;

/** Integer arithmetic, branches that can't be foretold, and look-ups in a table that fits into the first caches. */
export const cpuInteger: Benchmark = {
  name: "cpu-integer",
  unit: "{operation}/s",
  instrument: () => `1 ${engineVersion()}`,
  run({ seconds }) {
    const table = Int32Array.from({ length: 4096 }, (_, at) => Math.imul(at, 0x9e3779b1));
    const kept = Int32Array.of(1, 0);
    const work = () => {
      let state = kept[0]!;
      let sum = kept[1]!;
      for (let i = 0; i < operations; i++) {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const at = state & 4095;
        sum = (sum + Math.imul(table[at]!, state)) | 0;
        if (sum & 1) table[at] = sum;
      }
      kept[0] = state;
      kept[1] = sum;
    };
    return rateOf(work, { seconds }) * operations;
  },
};
