import { setFlagsFromString } from "node:v8";

/**
 * V8 lets a heap grow to twice what is alive, or more, before it collects: of the hub, which holds some 40 MB of objects, that
 * would be 50 MB for nothing. For all threads of this process; a V8 that does not know the flag goes on as usual.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=40");
}
