import type { ArrayOf, Columns, ColumnShape } from "./engine.ts";

type Numbers = ArrayLike<number>;
const blockRows = 65_536;

const makers = {
  int32: (length: number) => new Int32Array(length),
  uint8: (length: number) => new Uint8Array(length),
  float32: (length: number) => new Float32Array(length),
  float64: (length: number) => new Float64Array(length),
} satisfies { [S in ColumnShape]: (length: number) => ArrayOf[S] };

/** Gathers columns whose length is not known before in blocks, so that at the end only one column exists twice at a time. */
export class ColumnCollector<S extends readonly ColumnShape[]> {
  readonly #shapes: S;
  readonly #blocks: ArrayOf[ColumnShape][][];
  #rows = 0;

  constructor(shapes: S) {
    this.#shapes = shapes;
    this.#blocks = shapes.map(() => []);
  }

  /** Adds `rows` values to each column; not more than a block at once. */
  add(rows: number, columns: readonly Numbers[]): void {
    const used = this.#rows % blockRows;
    const first = Math.min(rows, blockRows - used);
    for (const [index, shape] of this.#shapes.entries()) {
      const blocks = this.#blocks[index]!;
      if (used === 0) blocks.push(makers[shape](blockRows));
      const column = columns[index]!;
      if (first === rows) blocks.at(-1)!.set(column, used);
      else {
        const all = Float64Array.from(column);
        blocks.at(-1)!.set(all.subarray(0, first), used);
        blocks.push(makers[shape](blockRows));
        blocks.at(-1)!.set(all.subarray(first), 0);
      }
    }
    this.#rows += rows;
  }

  finish(): Columns<S>;
  finish(): readonly ArrayOf[ColumnShape][] {
    return this.#shapes.map((shape, index) => {
      const whole = makers[shape](this.#rows);
      for (const [position, block] of this.#blocks[index]!.entries()) {
        const from = position * blockRows;
        whole.set(block.subarray(0, this.#rows - from), from);
      }
      this.#blocks[index] = [];
      return whole;
    });
  }
}
