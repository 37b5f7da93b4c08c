import { freemem } from "node:os";
import { NotPossible, type Benchmark } from "../benchmark.ts";
import { rateOf } from "../rate.ts";

/** Of each of the two halves: far more than caches of one core hold. */
const bytes = 32 * 1024 * 1024;

/** Copies from memory to memory; what is read and what is written count. */
export const memoryBandwidth: Benchmark = {
  name: "memory-bandwidth",
  unit: "By/s",
  instrument: () => "1",
  run({ seconds }) {
    if (freemem() < 8 * bytes) throw new NotPossible("no-room", "less than 256 MiB of memory are free");
    const from = new Float64Array(bytes / 8).fill(1.5);
    const to = new Float64Array(bytes / 8).fill(2.5);
    return rateOf(() => to.set(from), { seconds }) * 2 * bytes;
  },
};
