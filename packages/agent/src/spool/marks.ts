/** What the hub had confirmed, as far as known: only spares sending again, so it is written without fsync. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

const savedMarks = z.object({
  epoch: z.string(),
  marks: z.record(z.string(), z.number().int().nonnegative()),
});
export type SavedMarks = z.infer<typeof savedMarks>;

export async function loadMarks(path: string): Promise<SavedMarks | null> {
  try {
    return savedMarks.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null; // absent or half written: the hub tells
  }
}

/** Answers whether it was written. */
export async function saveMarks(path: string, saved: SavedMarks): Promise<boolean> {
  try {
    await writeFile(`${path}.tmp`, JSON.stringify(saved), { mode: 0o600 });
    await rename(`${path}.tmp`, path);
    return true;
  } catch {
    return false; // a full disk: the hub will tell
  }
}
