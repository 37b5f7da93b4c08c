import { statSync } from "node:fs";
import { cleanName } from "@culprit/protocol";
import { readTextIfPresent } from "../read-text.ts";

/** Names of local users; read again when the file changes. Users of other sources are shown by number. */
export class UserNames {
  readonly #path: string;
  #names = new Map<number, string>();
  #version = "";

  constructor(etc: string) {
    this.#path = `${etc}/passwd`;
    this.refresh();
  }

  nameOf(user: number): string {
    return this.#names.get(user) ?? String(user);
  }

  /** Cheap; called once for each full table. */
  refresh(): void {
    const version = versionOf(this.#path);
    if (version === this.#version) return;
    this.#names = parsePasswd(readTextIfPresent(this.#path) ?? "");
    this.#version = version;
  }
}

function versionOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : "none";
}

/** `name:x:number:...` lines; the first of several names of one number, as getpwuid(3) answers. */
export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const [, name, number] of text.matchAll(/^([^:#\n]+):[^:\n]*:(\d+):/gm))
    if (!names.has(Number(number))) names.set(Number(number), cleanName(name!).name);
  return names;
}
