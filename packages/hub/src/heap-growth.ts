import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** More is in use where thousands of agents upload at a time. */
const largeBytes = 150_000_000;

/**
 * V8 lets a heap grow to twice what is alive, or more, before it collects: of a hub that holds some 40 MB of objects, that would
 * be 50 MB for nothing. A large one may grow so: to look through what thousands of uploads hold at each 40% takes more time than
 * to store them. For all threads of this process; to be called now and then.
 */
export function boundHeapGrowth(): void {
  const percent = getHeapStatistics().used_heap_size > largeBytes ? 100 : 40;
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
