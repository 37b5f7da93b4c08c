/**
 * Ids of imported executions come from what they are: importing the same file again, or one that holds it, adds nothing.
 * Rows that are equal in everything that counts are runs of their own, numbered, as long as they stand near each other; far
 * apart they are the same run exported twice, and no more than this many are remembered.
 */
import { createHash } from "node:crypto";
import { cleanName, type ExecutionInput } from "@culprit/protocol";
import type { Converted } from "./convert.ts";

const remembered = 500_000;

export class Identities {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** The id that the row brought, else one of its content. The machine is no part of it: ids are unique per machine. */
  of({ input, startedAt, endedAt, key }: Converted): string {
    if (input.id !== undefined) return input.id;
    const content = [foldName(input.process), foldName(input.step), startedAt, endedAt, key].join("\n");
    const occurrence = key === "" ? this.#occurrence(`${input.machine ?? ""}\n${content}`) : 0;
    const digest = createHash("sha256").update(`${content}\n${occurrence}`).digest("base64url");
    return `i-${digest.slice(0, 22)}`;
  }

  #occurrence(content: string): number {
    const seen = this.#recent.get(content) ?? this.#older.get(content) ?? 0;
    this.#recent.set(content, seen + 1);
    if (this.#recent.size > remembered) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    return seen;
  }
}

function foldName(name: ExecutionInput["step"]): string {
  return name === undefined ? "" : cleanName(name).name.toLowerCase();
}
