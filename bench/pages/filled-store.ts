/** A filled store takes minutes to make: it is kept in the system's temporary folder and copied for each use. */
import { constants } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultFill, fillStore, type Fill } from "../store/fill.ts";

/** Puts a filled store at `file`; answers how it was filled and the instant up to which it is. */
export async function filledStore(file: string): Promise<Fill> {
  const folder = join(tmpdir(), "culprit-bench-filled");
  await mkdir(folder, { recursive: true });
  const key = await keyOfFill();
  const kept = join(folder, `${key}.duckdb`);
  const about = join(folder, `${key}.json`);
  const known = await readFile(about, "utf8").catch(() => null);
  const fill = known === null ? await make(kept, about) : (JSON.parse(known) as Fill);
  await copyFile(kept, file, constants.COPYFILE_FICLONE);
  return fill;
}

/** Another way of filling, or another schema, is another file. */
async function keyOfFill(): Promise<string> {
  const sources = [
    "fill.ts",
    "series-list.ts",
    "../../packages/hub/src/store/migrations/001-first-tables.ts",
  ];
  const hash = createHash("sha256").update(JSON.stringify(defaultFill));
  for (const source of sources) hash.update(await readFile(new URL(`../store/${source}`, import.meta.url)));
  return hash.digest("hex").slice(0, 16);
}

async function make(kept: string, about: string): Promise<Fill> {
  console.log("filling a store with 30 days of 20 machines; this takes some minutes, once");
  const minute = 60_000_000;
  const fill = { ...defaultFill, until: Math.floor((Date.now() * 1000) / minute) * minute };
  await rm(`${kept}.new`, { force: true });
  await fillStore(`${kept}.new`, fill);
  await rename(`${kept}.new`, kept);
  await writeFile(about, JSON.stringify(fill));
  return fill;
}
