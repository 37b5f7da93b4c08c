/**
 * Large columns that were read, sent or computed lie outside the heap, of which V8 learns late in a thread that makes few
 * objects: they would stay for minutes, or until 64 MB more have come. A collection takes some 10 ms.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** So much more than after the last time is worth it. */
const muchBytes = 12_000_000;
let heldBytes = 0;

/** Collects what this thread needs no more, once the task under way is done and refers to it no longer. */
export function giveBack(): void {
  setImmediate(collect);
}

/** Collects now, if much has come since; answers whether it did. */
export function giveBackMuch(): boolean {
  const isMuch = process.memoryUsage().arrayBuffers > heldBytes + muchBytes;
  if (isMuch) giveBackAll();
  return isMuch;
}

export function giveBackAll(): void {
  collect();
  // What a collection frees is counted when the next one begins.
  collect();
  heldBytes = process.memoryUsage().arrayBuffers;
}

function collect(): void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("globalThis.gc");
  if (typeof gc === "function") gc();
}
