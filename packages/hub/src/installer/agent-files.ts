/** What machines that enrol are given: the agent in its forms and the recorders, as this hub's own build made them. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { AgentFile } from "@culprit/protocol";

/** Nothing else of the folder is served. */
const served = [
  "culprit-agent.mjs",
  "culprit-agent-linux-x64.gz",
  "culprit-agent-linux-arm64.gz",
  "culprit-run",
  "culprit-run-capture",
  "culprit-sh",
];

export class AgentFiles {
  readonly #folder: string | undefined;
  #known: { stamp: string; files: Promise<AgentFile[]> } | null = null;

  /** Without a folder there is nothing to give. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Those that are there; read anew when a build has changed them. */
  async list(): Promise<AgentFile[]> {
    const folder = this.#folder;
    if (folder === undefined) return [];
    const names = new Set(await readdir(folder).catch(() => []));
    const there = served.filter((name) => names.has(name)).map((name) => join(folder, name));
    const stamps = await Promise.all(there.map(async (path) => `${path} ${(await stat(path)).mtimeMs}`));
    const stamp = stamps.join("\n");
    if (this.#known?.stamp !== stamp) this.#known = { stamp, files: Promise.all(there.map(describe)) };
    const known = this.#known;
    return known.files.catch((error: unknown) => {
      if (this.#known === known) this.#known = null;
      throw error;
    });
  }

  /** The path of one that is in the list; null for every other name, whatever it holds. */
  async path(name: string): Promise<string | null> {
    if (this.#folder === undefined) return null;
    return (await this.list()).some((file) => file.name === name) ? join(this.#folder, name) : null;
  }
}

async function describe(path: string): Promise<AgentFile> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return { name, bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}
