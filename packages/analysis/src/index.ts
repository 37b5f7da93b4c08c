export * from "./baseline.ts";
export * from "./busy.ts";
export * from "./distribution.ts";
export * from "./intervals.ts";
export * from "./overlap.ts";
export * from "./schedule/cron.ts";
export { isTimeZone } from "./schedule/zone.ts";
export * from "./statistics.ts";
export * from "./usual.ts";
