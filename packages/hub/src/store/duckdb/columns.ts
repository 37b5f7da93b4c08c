/** Bulk read: DuckDB's vectors are copied as they are, chunk by chunk, without making a JavaScript value of each number. */
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBTypeId } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { CompiledQuery } from "kysely";
import { bindValues } from "./dialect.ts";
import { ColumnCollector } from "../column-collector.ts";
import type { Columns, ColumnShape } from "../engine.ts";

export async function readColumns<S extends readonly ColumnShape[]>(
  connection: DuckDBConnection,
  query: CompiledQuery,
  shapes: S,
): Promise<Columns<S>> {
  const { values, types } = bindValues(query.parameters);
  const result = await connection.stream(query.sql, values, types);
  const typeIds = shapes.map((_, index) => result.columnTypeId(index));
  const collector = new ColumnCollector(shapes);
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const rows = chunk.rowCount;
    const current = chunk;
    collector.add(
      rows,
      typeIds.map((typeId, index) => numbersOf(current, index, typeId, rows)),
    );
  }
  return collector.finish();
}

type Numbers = Int16Array | Int32Array | Float64Array;

function numbersOf(chunk: DuckDBDataChunk, index: number, typeId: DuckDBTypeId, rows: number): Numbers {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  const numbers = rawNumbers(vector, typeId, rows);
  const validity = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  if (!validity) return numbers;
  const nullable = Float64Array.from(numbers);
  for (let row = 0; row < rows; row++)
    if ((validity[row >> 3]! & (1 << (row & 7))) === 0) nullable[row] = Number.NaN;
  return nullable;
}

function rawNumbers(vector: duckdb.Vector, typeId: DuckDBTypeId, rows: number): Numbers {
  const bytes = (width: number): [ArrayBuffer, number, number] => {
    const data = duckdb.vector_get_data(vector, rows * width);
    return [data.buffer as ArrayBuffer, data.byteOffset, rows];
  };
  if (typeId === DuckDBTypeId.DOUBLE) return new Float64Array(...bytes(8));
  if (typeId === DuckDBTypeId.INTEGER) return new Int32Array(...bytes(4));
  if (typeId === DuckDBTypeId.SMALLINT) return new Int16Array(...bytes(2));
  if (typeId !== DuckDBTypeId.BIGINT)
    throw new TypeError(`columns of DuckDB's type ${typeId} are not read in bulk`);
  // Two halves instead of BigInt64Array: no bigint is made, and our 64-bit values are safe numbers.
  const data = duckdb.vector_get_data(vector, rows * 8);
  const high = new Int32Array(data.buffer, data.byteOffset, rows * 2);
  const low = new Uint32Array(data.buffer, data.byteOffset, rows * 2);
  const numbers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) numbers[row] = high[2 * row + 1]! * 2 ** 32 + low[2 * row]!;
  return numbers;
}
