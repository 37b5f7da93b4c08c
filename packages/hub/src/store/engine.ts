/**
 * What differs between the engines, and nothing else: the nouns of the store are written once over this. Each engine's
 * folder has the same files: connect.ts (opens, implements this), append.ts (bulk write), columns.ts (bulk read), keys.ts.
 */
import type { Micros } from "@culprit/protocol";
import type { CompiledQuery, Kysely, Transaction } from "kysely";
import type { BulkColumns, BulkTable, Tables } from "./tables.ts";

export type Engine = {
  readonly name: "duckdb" | "postgres";
  /** For reading only; several at once. */
  readonly read: Kysely<Tables>;
  /**
   * Runs `work` in one transaction and commits it. Rejects with `StoreUnavailableError` if the engine failed (nothing is
   * known to be stored), with `UnstorableError` if these rows can never be stored, else with what `work` threw.
   */
  write<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Bulk write within the transaction that is under way. */
  append<T extends BulkTable>(
    transaction: Transaction<Tables>,
    table: T,
    columns: BulkColumns<T>,
  ): Promise<void>;
  /**
   * Makes the keys that are not there, within the transaction that is under way, and answers which those were, by `idOf`.
   * The ids are all different.
   */
  takeKeys(transaction: Transaction<Tables>, keys: readonly NewKey[]): Promise<Set<string>>;
  /** Reads numbers into one array a column, in the order selected; null becomes NaN, or 0 where there is none. */
  readColumns<const S extends readonly ColumnShape[]>(query: CompiledQuery, shapes: S): Promise<Columns<S>>;
  /** True: a group commit is one transaction. False: one for each machine, several at once. */
  readonly oneTransactionPerGroup: boolean;
  /** Runs `work` if no other hub holds this lock; answers whether it ran. */
  exclusively(lock: string, work: () => Promise<void>): Promise<boolean>;
  close(): Promise<void>;
};

export type NewKey = { machineId: number; executionId: string; startedAt: Micros; seenAt: Micros };

export type ColumnShape = keyof ArrayOf;
export type ArrayOf = { int32: Int32Array; uint8: Uint8Array; float32: Float32Array; float64: Float64Array };
export type Columns<S extends readonly ColumnShape[]> = { readonly [I in keyof S]: ArrayOf[S[I]] };
