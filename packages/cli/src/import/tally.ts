/** What an import has seen, bounded however long it is: for the dry run, the end, and the file of progress. */
import type { Micros } from "@culprit/protocol";
import type { Converted } from "./convert.ts";
import type { Fault, Reason } from "./row.ts";

const linesShown = 5;
const namesCounted = 10_000;

export type BadRows = { rows: number; lines: number[]; example?: string };

export class Tally {
  good = 0;
  ambiguous = 0;
  cleaned = 0;
  from: Micros | null = null;
  to: Micros | null = null;
  readonly bad = new Map<Reason, BadRows>();
  readonly processes = new Map<string, number>();
  readonly machines = new Map<string, number>();

  take({ input, startedAt, endedAt }: Converted): void {
    this.good++;
    if (input.flags?.includes("ambiguous-time")) this.ambiguous++;
    if (input.flags?.includes("name-cleaned")) this.cleaned++;
    if (this.from === null || startedAt < this.from) this.from = startedAt;
    if (this.to === null || endedAt > this.to) this.to = endedAt;
    count(this.processes, input.process);
    count(this.machines, input.machine ?? "");
  }

  refuse(line: number, { reason, detail }: Fault): void {
    const bad = this.bad.get(reason) ?? { rows: 0, lines: [] };
    bad.rows++;
    if (bad.lines.length < linesShown) bad.lines.push(line);
    if (bad.example === undefined && detail) bad.example = detail.slice(0, 200);
    this.bad.set(reason, bad);
  }

  get badRows(): number {
    return [...this.bad.values()].reduce((sum, { rows }) => sum + rows, 0);
  }
}

/** Names past the bound are counted together under the empty name of the rest. */
function count(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < namesCounted ? name : rest;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

export const rest = "…";
