/**
 * An agent has time, and has to be small however it is started. It allocates so little that V8 sees no need to collect what is
 * over: in ten minutes that is as much as what is alive, and in pieces that keep whole pages. So the agent has it collected
 * itself, when there is something to gain, and keeps the space small that is filled before anything is.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const askedEverySeconds = 30;
/** To collect takes some 30 ms; after so many bytes, which take an agent three minutes, that is a fiftieth of what it may cost. */
const mostOverBytes = 4 * 1024 * 1024;

/** Of V8's compilers the last: what the others make of code that runs every few seconds is memory that saves no time. */
const smallRatherThanFast = [
  "--optimize-for-size",
  "--semi-space-growth-factor=1",
  "--no-sparkplug",
  "--no-maglev",
];

/** Of compiled agents. */
declare const Bun: { gc(now: boolean): void; shrink(): void } | undefined;

/** For the whole process, as long as it runs. */
export function keepHeapSmall(): void {
  if (typeof Bun === "undefined") for (const flag of smallRatherThanFast) setFlagsFromString(flag);
  const collect = collector();
  if (!collect) return;
  const collectIfWorthIt = collectingAbove(mostOverBytes, collect);
  setInterval(collectIfWorthIt, askedEverySeconds * 1000).unref();
}

/** Each call collects if so many bytes came since the last time that it did. */
export function collectingAbove(
  bytes: number,
  collect: () => void,
  usedBytes: () => number = () => process.memoryUsage().heapUsed,
): () => void {
  let usedAfter = 0;
  return () => {
    if (usedBytes() < usedAfter + bytes) return;
    collect();
    usedAfter = usedBytes();
  };
}

/** The engine's own; V8 shows it to contexts that are made while a flag is set. Null where there is none. */
export function collector(): (() => void) | null {
  if (typeof Bun !== "undefined") {
    const bun = Bun;
    return () => {
      bun.gc(true);
      bun.shrink();
    };
  }
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("globalThis.gc");
  setFlagsFromString("--no-expose-gc");
  return typeof collect === "function" ? () => void Reflect.apply(collect, undefined, []) : null;
}
