/**
 * What the agent must remember of web requests between its runs: counts that were not told yet, how far each access log was
 * counted, and what was learnt of routes. Written as a whole, so that counts and positions always belong together.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { replaceFile } from "../spool/durable.ts";

const index = z.number().int().nonnegative();

const logPosition = z.object({
  /** Tells a file apart from those that come after it under its path. */
  generation: z.string(),
  /** Lines up to here are counted. */
  offset: index,
  /** Microseconds; when it last grew. */
  at: z.number(),
});

const savedRoute = z.object({
  get next() {
    return z.record(z.string(), savedRoute);
  },
  ends: z.literal(true).optional(),
  crowded: z.literal(true).optional(),
  closed: z.literal(true).optional(),
  closedOn: index.optional(),
  closings: index.optional(),
  hours: index.optional(),
  seenOn: index.optional(),
});

const webState = z.object({
  /** Of the next batch of counts. */
  sequence: index,
  counts: z.object({
    series: z.array(z.string()),
    minutes: z.array(z.tuple([z.number(), z.array(z.tuple([index, index]))])),
    told: z.array(z.tuple([index, z.number()])),
  }),
  /** Intake files that are counted. */
  files: z.array(z.string()),
  logs: z.record(z.string(), z.array(logPosition)),
  routes: savedRoute,
});

export type LogPosition = z.infer<typeof logPosition>;
export type WebState = z.infer<typeof webState>;

const fileName = "web-requests.json";

/** Null if there is none, or none that can be read. */
export async function loadWebState(dataDir: string): Promise<WebState | null> {
  try {
    return webState.parse(JSON.parse(await readFile(join(dataDir, fileName), "utf8")));
  } catch {
    return null;
  }
}

export async function saveWebState(dataDir: string, state: WebState): Promise<void> {
  await replaceFile(join(dataDir, fileName), JSON.stringify(state));
}
