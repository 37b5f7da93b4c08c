/** Runs of units that were told as running, kept beside the spool: one that a reboot cuts off is told as lost, once. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { executionInput, type ExecutionInput, type Micros } from "@culprit/protocol";
import { z } from "zod";

const run = z.object({ unit: z.string(), execution: executionInput, lastSeenAt: z.number() });
/** `bootId`: of the kernel under which they run. */
const kept = z.object({ bootId: z.string(), runs: z.array(run) });

export type RunningUnit = { unit: string; execution: ExecutionInput; lastSeenAt: Micros };

export class RunningUnits {
  /** Those that ran when the kernel was started anew. */
  readonly cutOff: readonly RunningUnit[];
  /** By the execution's id. */
  readonly runs: Map<string, RunningUnit>;
  readonly #path: string;
  readonly #bootId: string;

  private constructor(path: string, bootId: string, saved: z.output<typeof kept>) {
    const isSame = saved.bootId === bootId;
    this.#path = path;
    this.#bootId = bootId;
    this.cutOff = isSame ? [] : saved.runs;
    this.runs = new Map(isSame ? saved.runs.map((one) => [one.execution.id!, one]) : []);
  }

  static async open(path: string, bootId: string): Promise<RunningUnits> {
    try {
      return new RunningUnits(path, bootId, kept.parse(JSON.parse(await readFile(path, "utf8"))));
    } catch {
      return new RunningUnits(path, bootId, { bootId, runs: [] }); // absent or half written
    }
  }

  /** The next one tries again where the disk is full. */
  async save(): Promise<void> {
    const content = JSON.stringify({ bootId: this.#bootId, runs: [...this.runs.values()] });
    await writeFile(`${this.#path}.tmp`, content, { mode: 0o600 })
      .then(() => rename(`${this.#path}.tmp`, this.#path))
      .catch(() => undefined);
  }
}
