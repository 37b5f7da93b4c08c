import type { Acknowledgement, Computer, Micros, OsProcessColumns } from "@culprit/protocol";
import type { CheckResultRow } from "./checks.ts";
import type { ReportedExecution } from "./executions.ts";

export type IntakeBatch = {
  machineId: number;
  stream: string;
  sequence: number;
  /** Of the batch as it was sent: the same sequence with another digest is refused. */
  digest: string;
  dropped: readonly { fromSequence: number; toSequence: number; reason: string; rows: number }[];
  receivedAt: Micros;
  executions: readonly ReportedExecution[];
  points: {
    seriesId: readonly number[];
    at: readonly Micros[];
    value: readonly number[];
    intervalSeconds: readonly number[];
  } | null;
  /** Those of the points that are scores of benchmarks. */
  scores?: { seriesId: readonly number[]; at: readonly Micros[]; value: readonly number[] } | null;
  osProcesses: OsProcessColumns | null;
  /** Of this machine's own checks. */
  checkResults?: readonly CheckResultRow[];
  computer: Computer | null;
  deadLetters: readonly { part: string; index: number; code: string; detail: string; body: string }[];
};

/** Executions sent by HTTP, stored all or none: each caller's id counts once per machine. */
export type DirectExecutions = { executions: readonly ReportedExecution[]; receivedAt: Micros };

/**
 * What became of one part of a group. `unavailable`: the engine failed and nothing of this part is known to be stored;
 * send it again later. A `refused` batch has used up its sequence number, so that it never blocks the ones after it.
 */
export type BatchResult = {
  status: Acknowledgement["status"] | "unavailable";
  code?: string;
  detail?: string;
};

export type DirectResult =
  | { status: "stored"; accepted: number; duplicates: number }
  | { status: "refused" | "unavailable"; detail: string };

/**
 * The only way in for rows of the big tables. One call is one group commit; the caller never has two under way.
 * A batch counts once: rows and the stream's high-water mark are written together. One bad part never harms the others,
 * and a failing engine shows as `unavailable` parts: the call itself does not reject for it.
 */
export type IntakeStore = {
  commit(
    batches: readonly IntakeBatch[],
    direct: readonly DirectExecutions[],
  ): Promise<{ batches: BatchResult[]; direct: DirectResult[] }>;
  marks(machineId: number): Promise<{ stream: string; sequence: number }[]>;
  /** The same for several machines in one look-up. */
  marksOf(machineIds: readonly number[]): Promise<{ machineId: number; stream: string; sequence: number }[]>;
  deadLetters(
    machineId: number,
    limit: number,
  ): Promise<
    {
      receivedAt: Micros;
      stream: string;
      sequence: number;
      part: string;
      index: number;
      code: string;
      detail: string;
      body: string;
    }[]
  >;
};
