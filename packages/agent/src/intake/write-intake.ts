/** For recorders in Node.js: writes the JSON form of an intake file. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExecutionInput } from "@culprit/protocol";
import { hasCode } from "../spool/durable.ts";

export type IntakeRun = Omit<ExecutionInput, "machine" | "kind" | "id"> & {
  kind?: ExecutionInput["kind"];
  /** Start and end of one run are told by the same id; made up and answered if there is none. */
  id?: string;
};

/**
 * Records a run that ended (with `endedAt`) or begins (without; give `pid`, so that a killed one is noticed). Answers
 * the execution's id. Rejects if the folder takes no file; nothing half written stays.
 */
export async function writeIntake(folder: string, run: IntakeRun): Promise<string> {
  const id = run.id ?? randomUUID();
  const key = createHash("sha256").update(id).digest("hex").slice(0, 32);
  const part = run.endedAt === undefined ? "start" : "end";
  const path = join(folder, `${key}.${randomBytes(12).toString("hex")}.${part}`);
  try {
    // wx: never through a link that someone put there.
    await writeFile(path, `${JSON.stringify({ ...run, id })}\n`, { flag: "wx", mode: 0o644 });
  } catch (error) {
    if (!hasCode(error, "EEXIST")) await unlink(path).catch(() => undefined);
    throw error;
  }
  return id;
}
