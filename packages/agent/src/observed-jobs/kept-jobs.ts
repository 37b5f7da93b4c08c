/** Jobs that the agent watches, kept beside the spool: one that goes on, or ends, while there is no agent is told once. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { executionInput } from "@culprit/protocol";
import { z } from "zod";

const job = z.object({
  id: z.string(),
  pid: z.number(),
  startTicks: z.number(),
  startedAt: z.number(),
  process: z.string(),
  user: z.string(),
  lastSeenAt: z.number(),
  recordsItself: z.boolean(),
  announced: z.boolean(),
  /** Told up to its end already. */
  told: z.boolean(),
});

const kept = z.object({
  /** Of the kernel under which they ran. */
  bootId: z.string(),
  /** They have ended and are about to be told. */
  ended: z.array(executionInput),
  running: z.array(job),
});

export type KeptJobs = z.infer<typeof kept>;

export async function loadKeptJobs(path: string): Promise<KeptJobs> {
  try {
    return kept.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return { bootId: "", ended: [], running: [] }; // absent or half written: /proc tells what runs
  }
}

/** Rejects when the disk is full. */
export async function saveKeptJobs(path: string, jobs: KeptJobs): Promise<void> {
  await writeFile(`${path}.tmp`, JSON.stringify(jobs), { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}
