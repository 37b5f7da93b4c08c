/** What was judged already: one line a world, outside the repository, apart for each state of the sources that decide it. */
import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { WorldResult } from "./judge.ts";

const root = resolve(import.meta.dirname, "../..");
const sources = ["packages/analysis/src", "packages/simulator/src", "bench/attribution"];
/** These only show what was judged. */
const showing =
  /(figures|move-figures|rows|proportion|bench|table|result-file|pool|worker)[.]ts$|[.]test[.]ts$/;

export class ResultFile {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async open(): Promise<ResultFile> {
    const folder = join(
      process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
      "culprit",
      "bench-attribution",
    );
    await mkdir(folder, { recursive: true });
    return new ResultFile(join(folder, `${await digestOfSources()}.jsonl`));
  }

  /** A line that was cut short counts as not there. */
  async read(): Promise<WorldResult[]> {
    const text = await readFile(this.path, "utf8").catch(() => "");
    return text.split("\n").flatMap((line) => {
      try {
        return [JSON.parse(line) as WorldResult];
      } catch {
        return [];
      }
    });
  }

  async add(result: WorldResult): Promise<void> {
    await appendFile(this.path, `${JSON.stringify(result)}\n`);
  }
}

async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    const files = await readdir(join(root, source), { recursive: true });
    for (const file of files.toSorted()) {
      if (!file.endsWith(".ts") || showing.test(file)) continue;
      hash.update(`${source}/${file}\0`).update(await readFile(join(root, source, file)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}
