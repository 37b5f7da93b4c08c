/**
 * A long series as a few hundred medians: blocks of equally many neighbouring runs, so that all have about the same noise.
 * What is looked for (a trend, a change for good) shows in them as well, and what looks for it costs the same for every
 * series.
 */
import { medianInPlace } from "./statistics.ts";

/** Runs in the order of their starts: seconds since 1970 (UTC), and the logarithm of a duration. */
export type LogSeries = { at: Float64Array; logs: Float64Array };

/** `size` runs each; the last block has the rest as well, up to twice as many. `at` is the start of a block's first run. */
export type Blocks = { at: Float64Array; value: Float64Array; size: number };

const mostBlocks = 360;

export function toBlocks({ at, logs }: LogSeries, most = mostBlocks): Blocks {
  const size = Math.ceil(logs.length / most);
  if (size <= 1) return { at, value: logs, size: 1 };
  const count = Math.floor(logs.length / size);
  const blocks = { at: new Float64Array(count), value: new Float64Array(count), size };
  const room = new Float64Array(size);
  for (let block = 0; block < count; block++) {
    const from = block * size;
    const isLast = block === count - 1;
    const values = isLast ? logs.slice(from) : room;
    if (!isLast) for (let i = 0; i < size; i++) room[i] = logs[from + i]!;
    blocks.at[block] = at[from]!;
    blocks.value[block] = medianInPlace(values);
  }
  return blocks;
}
