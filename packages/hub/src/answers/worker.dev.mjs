/**
 * Starts a thread from its TypeScript source, in development and tests; the build leaves this file out. The source is bundled
 * and kept until it changes: to load it module by module takes half a second for each thread.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { threadId, workerData } from "node:worker_threads";
import { build } from "esbuild";

const entry = fileURLToPath(workerData.module);
const name = createHash("sha256").update(entry).digest("hex").slice(0, 16);
const kept = new URL(`../../../../node_modules/.cache/culprit-threads/${name}.mjs`, import.meta.url);

const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** Its first line tells the sources, each with the time of its last change. */
function isFresh() {
  try {
    const [told] = readFileSync(kept, "utf8").split("\n", 1);
    return Object.entries(JSON.parse(told.slice(2))).every(([file, at]) => changedAt(file) === at);
  } catch {
    return false;
  }
}

async function bundle() {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: "/",
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    conditions: ["development"],
  });
  const files = Object.keys(metafile.inputs).map((file) => `/${file}`);
  const sources = JSON.stringify(Object.fromEntries(files.map((file) => [file, changedAt(file)])));
  // Other threads and processes may do the same: the file takes its place whole.
  const own = new URL(`${kept.href}.${process.pid}-${threadId}`);
  mkdirSync(new URL(".", kept), { recursive: true });
  writeFileSync(own, `//${sources}\n${outputFiles[0].text}`);
  renameSync(own, kept);
}

if (!isFresh()) await bundle();
await import(kept.href);
