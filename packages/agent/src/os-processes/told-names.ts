/**
 * Under which names OS processes and their users leave the machine. A hash is keyed, so that nobody can try names at the hub;
 * its key never leaves the machine, so that the same name is another one elsewhere.
 */
import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { groupedName } from "@culprit/protocol";
import { scrubName } from "./scrub.ts";
import { replaceFile } from "../spool/durable.ts";

export const nameSettings = ["plain", "hashed", "none"] as const;

export type NameSetting = (typeof nameSettings)[number];

const keyBytes = 32;
const mostKept = 10_000;

export class ToldNames {
  readonly #setting: NameSetting;
  readonly #key: Uint8Array;
  /** By what is told: names come again at each look. */
  readonly #made = new Map<string, string>();

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
    if (name === groupedName) return name;
    if (this.#setting === "none") return "anonymous";
    const what = `${kind} ${name}`;
    let made = this.#made.get(what);
    if (made === undefined) {
      made = this.#make(kind, name, what);
      if (this.#made.size >= mostKept) this.#made.clear();
      this.#made.set(what, made);
    }
    return made;
  }

  #make(kind: "process" | "user", name: string, what: string): string {
    // A program names itself as it likes, a user does not.
    if (this.#setting === "plain") return kind === "process" ? scrubName(name) : name;
    return `${kind}-${createHmac("sha256", this.#key).update(what).digest("hex").slice(0, 12)}`;
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
