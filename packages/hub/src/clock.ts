import type { Micros } from "@culprit/protocol";

/** Where the hub's time comes from; tests inject one that stands still or jumps. */
export type Clock = { now(): Micros };

export const systemClock: Clock = { now: () => Date.now() * 1000 };
