/**
 * Under which names OS processes and their users leave the machine. A hash is keyed, so that nobody can try names at the hub;
 * its key never leaves the machine, so that the same name is another one elsewhere.
 */
import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { groupedName } from "@culprit/protocol";
import { replaceFile } from "../spool/durable.ts";

export const nameSettings = ["plain", "hashed", "none"] as const;

export type NameSetting = (typeof nameSettings)[number];

const keyBytes = 32;
const mostKept = 10_000;

export class ToldNames {
  readonly #setting: NameSetting;
  readonly #key: Uint8Array;
  readonly #hashes = new Map<string, string>();

  /** `key` is of use for `hashed` alone. */
  constructor(setting: NameSetting, key: Uint8Array) {
    this.#setting = setting;
    this.#key = key;
  }

  ofProcess(name: string): string {
    return this.#told("process", name);
  }

  ofUser(name: string): string {
    return this.#told("user", name);
  }

  #told(kind: "process" | "user", name: string): string {
    if (this.#setting === "plain" || name === groupedName) return name;
    if (this.#setting === "none") return "anonymous";
    const told = `${kind} ${name}`;
    let hash = this.#hashes.get(told);
    if (hash === undefined) {
      hash = `${kind}-${createHmac("sha256", this.#key).update(told).digest("hex").slice(0, 12)}`;
      if (this.#hashes.size >= mostKept) this.#hashes.clear();
      this.#hashes.set(told, hash);
    }
    return hash;
  }
}

export const plainNames = new ToldNames("plain", new Uint8Array());

/** Makes the key at the first start with hashed names, and keeps it at `path`, readable for the agent's user alone. */
export async function openToldNames(setting: NameSetting, path: string): Promise<ToldNames> {
  if (setting !== "hashed") return new ToldNames(setting, new Uint8Array());
  const kept = Buffer.from(await readFile(path, "utf8").catch(() => ""), "hex");
  if (kept.length === keyBytes) return new ToldNames(setting, kept);
  const key = randomBytes(keyBytes);
  await replaceFile(path, key.toString("hex"));
  return new ToldNames(setting, key);
}
