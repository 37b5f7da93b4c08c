import type { Benchmark } from "../benchmark.ts";
import { cpuFloat } from "./cpu-float.ts";
import { cpuInteger } from "./cpu-integer.ts";
import { diskRead } from "./disk-read.ts";
import { diskWrite } from "./disk-write.ts";
import { memoryBandwidth } from "./memory-bandwidth.ts";
import { sqlAggregate } from "./sql-aggregate.ts";
import { sqlInsert } from "./sql-insert.ts";

/** All that a process of its own measures, in the order in which they run; a new file in this folder gets its line here. */
export const benchmarks: readonly Benchmark[] = [
  cpuInteger,
  cpuFloat,
  memoryBandwidth,
  sqlInsert,
  sqlAggregate,
  diskWrite,
  diskRead,
];
