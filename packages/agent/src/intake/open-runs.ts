/**
 * Runs that have started and not ended, by key. What the folder itself doesn't tell is saved beside the spool now and
 * then: whether the run was announced, and when it was last seen, which is the best end there is for a killed one.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import type { Micros } from "@culprit/protocol";
import { z } from "zod";

export type OpenRun = {
  /** Told to the hub as running, under this id. */
  announced: boolean;
  lastSeenAt: Micros;
  /** Of the process that wrote the marker; null once it is gone, or was never found. */
  startTicks: number | null;
};

const saved = z.record(
  z.string(),
  z.object({ announced: z.boolean(), lastSeenAt: z.number(), startTicks: z.number().nullable() }),
);

export async function loadOpenRuns(path: string): Promise<Map<string, OpenRun>> {
  try {
    return new Map(Object.entries(saved.parse(JSON.parse(await readFile(path, "utf8")))));
  } catch {
    return new Map(); // absent or half written: the folder tells most of it
  }
}

/** Answers whether it was written. */
export async function saveOpenRuns(path: string, runs: ReadonlyMap<string, OpenRun>): Promise<boolean> {
  const content = Object.fromEntries(
    [...runs].map(([key, { announced, lastSeenAt, startTicks }]) => [
      key,
      { announced, lastSeenAt, startTicks },
    ]),
  );
  try {
    await writeFile(`${path}.tmp`, JSON.stringify(content), { mode: 0o600 });
    await rename(`${path}.tmp`, path);
    return true;
  } catch {
    return false;
  }
}
