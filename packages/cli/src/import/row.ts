/** What a source gives: rows of text cells under named columns, whatever the file was. */

/** Why a row is not imported; `detail` names the text at fault. */
export type Reason =
  | "unreadable"
  | "no-process"
  | "no-machine"
  | "unknown-machine"
  | "no-start"
  | "no-end"
  | "bad-time"
  | "bad-duration"
  | "ends-before-start"
  | "too-old"
  | "too-new"
  | "unknown-kind"
  | "unknown-outcome"
  | "bad-number"
  | "invalid"
  | "refused";

export type Fault = { reason: Reason; detail?: string };

/** Null: the source says that there is no value. */
export type Cell = string | null;

/** `line` is what a person finds the row by: a line of the file, or the number of a record or row, from 1. */
export type SourceRow = { line: number } & ({ cells: readonly Cell[] } | { fault: Fault; text: string });

export type Source = {
  /** Names of the cells, in their order. */
  columns: readonly string[];
  /** Short facts of the source for a person, such as the table that was chosen. */
  notes: readonly string[];
  /** Some rows at a time, in the order of the source, once. */
  rows(): AsyncIterable<readonly SourceRow[]>;
  /** Share of the source that has been read, 0..1; null if its length is unknown. */
  share: () => number | null;
  /** Of the content, if the rows come in the same order each time: then an interrupted import continues where it was. */
  fingerprint: string | null;
  close(): Promise<void>;
};
