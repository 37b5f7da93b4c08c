/** Bulk read: COPY in binary, whose fields are read where they lie. */
import type { CompiledQuery } from "kysely";
import { escapeLiteral, type PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { ColumnCollector } from "../column-collector.ts";
import type { ColumnShape, Columns } from "../engine.ts";

const types = {
  int32: "int4",
  uint8: "int2",
  float32: "float4",
  float64: "float8",
} as const satisfies Record<ColumnShape, string>;
const blockRows = 8192;

export async function readColumns<S extends readonly ColumnShape[]>(
  client: PoolClient,
  query: CompiledQuery,
  shapes: S,
): Promise<Columns<S>> {
  const names = shapes.map((_, index) => `c${index}`);
  const typed = shapes.map((shape, index) => `c${index}::${types[shape]}`).join(", ");
  const text = `copy (select ${typed} from (${withValues(query)}) as q(${names.join(", ")})) to stdout (format binary)`;
  const rows = new BinaryRows(shapes);
  for await (const chunk of client.query(copyTo(text))) rows.add(chunk as Buffer);
  return rows.finish();
}

/** COPY takes no parameters: numbers, texts and lists of them are written into it. */
function withValues({ sql, parameters }: CompiledQuery): string {
  const literal = (value: unknown): string => {
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
    if (typeof value === "string") return escapeLiteral(value);
    if (Array.isArray(value)) return `array[${value.map(literal).join(",")}]`;
    throw new TypeError(`a bulk read takes numbers and texts, not ${typeof value}`);
  };
  return sql.replaceAll(
    /\$(\d+)/g,
    (_, position: string) => `(${literal(parameters[Number(position) - 1])})`,
  );
}

/**
 * The format: a signature of 11 bytes, 4 of flags, 4 and more of a header extension; then each row as the number of its fields
 * (2 bytes, -1 at the end) and each field as its length (4 bytes, -1 for null) and its bytes, big-endian.
 */
class BinaryRows<S extends readonly ColumnShape[]> {
  readonly #shapes: S;
  readonly #collector: ColumnCollector<S>;
  readonly #block: Float64Array[];
  #rows = 0;
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(shapes: S) {
    this.#shapes = shapes;
    this.#collector = new ColumnCollector(shapes);
    this.#block = shapes.map(() => new Float64Array(blockRows));
  }

  add(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    if (!this.#begun) {
      if (bytes.length < 19) {
        this.#rest = bytes;
        return;
      }
      offset = 19 + bytes.readInt32BE(15);
      this.#begun = true;
    }
    for (let next = this.#row(bytes, offset); next !== null; next = this.#row(bytes, offset)) offset = next;
    this.#rest = bytes.subarray(offset);
  }

  finish(): Columns<S> {
    this.#flush();
    return this.#collector.finish();
  }

  /** Reads a row; answers where the next begins, or null if this one is not complete, or the last was before. */
  #row(bytes: Buffer, start: number): number | null {
    if (start + 2 > bytes.length || bytes.readInt16BE(start) === -1) return null;
    let offset = start + 2;
    for (const [index, shape] of this.#shapes.entries()) {
      if (offset + 4 > bytes.length) return null;
      const length = bytes.readInt32BE(offset);
      offset += 4;
      if (length > 0 && offset + length > bytes.length) return null;
      this.#block[index]![this.#rows] = length === -1 ? Number.NaN : readNumber(bytes, offset, shape);
      if (length > 0) offset += length;
    }
    if (++this.#rows === blockRows) this.#flush();
    return offset;
  }

  #flush(): void {
    this.#collector.add(
      this.#rows,
      this.#block.map((column) => column.subarray(0, this.#rows)),
    );
    this.#rows = 0;
  }
}

function readNumber(bytes: Buffer, offset: number, shape: ColumnShape): number {
  if (shape === "float64") return bytes.readDoubleBE(offset);
  if (shape === "float32") return bytes.readFloatBE(offset);
  return shape === "int32" ? bytes.readInt32BE(offset) : bytes.readInt16BE(offset);
}
