/** What DuckDB's errors mean. It names the kind of each at the start of its message. */
import { StoreUnavailableError, UnstorableError } from "../store-error.ts";

/** After which every later query fails too, until the file is opened anew. */
export function isFatal(error: unknown): boolean {
  return (
    error instanceof Error && /^(FATAL|INTERNAL) Error|database has been invalidated/.test(error.message)
  );
}

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Out of Memory Error");
}

/** Of a write: those that come from the values are theirs, all others the engine's. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (/^(Conversion|Out of Range|Constraint|Invalid Input) Error|^type mismatch in App/.test(error.message))
    return new UnstorableError(error.message, { cause: error });
  return asReadError(error);
}

/** Of a read: what is wrong with the question itself stays as it is. */
export function asReadError(error: unknown): unknown {
  return error instanceof Error &&
    (isFatal(error) || /^(IO|Out of Memory|TransactionContext|Transaction) Error/.test(error.message))
    ? new StoreUnavailableError(error.message, { cause: error })
    : error;
}
