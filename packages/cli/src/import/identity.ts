/**
 * Ids of imported executions come from what they are: importing the same file again, or one that holds it, adds nothing.
 * Rows that are equal in everything that counts are runs of their own, numbered, as long as they stand near each other; far
 * apart they are the same run exported twice: some 200,000 rows are remembered, as hashes.
 */
import { createHash } from "node:crypto";
import { cleanName, type ExecutionInput } from "@culprit/protocol";
import type { Converted } from "./convert.ts";

const remembered = 200_000;

export class Identities {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** The id that the row brought, else one of its content. The machine is no part of it: ids are unique per machine. */
  of({ input, startedAt, endedAt, key }: Converted): string {
    if (input.id !== undefined) return input.id;
    const content = hashOf(
      [foldName(input.process), foldName(input.step), startedAt, endedAt, key].join("\n"),
    );
    const occurrence = key === "" ? this.#occurrence(`${content.slice(0, 11)} ${input.machine ?? ""}`) : 0;
    return `i-${occurrence === 0 ? content : hashOf(`${content} ${occurrence}`)}`;
  }

  #occurrence(row: string): number {
    const seen = this.#recent.get(row) ?? this.#older.get(row) ?? 0;
    this.#recent.set(row, seen + 1);
    if (this.#recent.size > remembered) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    return seen;
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

function foldName(name: ExecutionInput["step"]): string {
  return name === undefined ? "" : cleanName(name).name.toLowerCase();
}
