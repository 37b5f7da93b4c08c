/** Bulk write through DuckDB's appender, in chunks whose numbers are copied as whole vectors. */
import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, type DuckDBType, VARCHAR } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { type BulkColumns, type BulkTable, bulkTables, type ColumnType } from "../tables.ts";

const chunkRows = duckdb.vector_size();

/** Appends within the connection's transaction. The table's columns must be given in its own order, of one length. */
export async function appendColumns<T extends BulkTable>(
  connection: DuckDBConnection,
  table: T,
  columns: BulkColumns<T>,
): Promise<void> {
  const types: [string, ColumnType][] = Object.entries(bulkTables[table]);
  const values = types.map(([name]) => columns[name as keyof BulkColumns<T>] as readonly Value[]);
  const length = values[0]!.length;
  if (values.some((column) => column.length !== length))
    throw new RangeError(`columns of different length for ${table}`);
  if (length === 0) return;
  const appender = await connection.createAppender(table);
  try {
    for (let from = 0; from < length; from += chunkRows) {
      const rows = Math.min(chunkRows, length - from);
      const chunk = DuckDBDataChunk.create(
        types.map(([, type]) => chunkType(type)),
        rows,
      );
      for (const [index, [, type]] of types.entries())
        fillVector(chunk, index, type, values[index]!, from, rows);
      appender.appendDataChunk(chunk);
    }
  } catch (error) {
    // Closing writes what is buffered; after an error that must not reach a later transaction.
    appender.clear();
    throw error;
  } finally {
    appender.closeSync();
  }
}

type Value = string | number | null;

/** All numbers travel as doubles (ours are safe integers or doubles); the appender casts them to the column's type. */
function chunkType(type: ColumnType): DuckDBType {
  return type === "text" ? VARCHAR : DOUBLE;
}

function fillVector(
  chunk: DuckDBDataChunk,
  index: number,
  type: ColumnType,
  values: readonly Value[],
  from: number,
  rows: number,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  const valid = new Uint8Array(Math.ceil(rows / 64) * 8).fill(255);
  let nulls = false;
  const numbers = type === "text" ? null : new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = values[from + row]!;
    if (value === null) {
      nulls = true;
      valid[row >> 3]! &= ~(1 << (row & 7));
    } else if (numbers) numbers[row] = value as number;
    else duckdb.vector_assign_string_element(vector, row, value as string);
  }
  if (numbers) duckdb.copy_data_to_vector(vector, 0, numbers.buffer, 0, numbers.byteLength);
  if (!nulls) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength);
}
