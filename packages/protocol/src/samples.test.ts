import { describe, expect, test } from "vitest";
import { osProcessColumns, pointColumns, readColumns } from "./samples.ts";

const point = { series: [0, 0], at: [1, 2], value: [0.5, 0.25], intervalSeconds: [0, 10] };

describe("columns from outside", () => {
  test("good columns come back as they are", () => {
    expect(readColumns(pointColumns, point)).toEqual({ columns: point, length: 2, badRows: new Map() });
  });

  test("a bad value spoils its row alone", () => {
    const read = readColumns(pointColumns, { ...point, value: [0.5, "many"] });
    expect(read).toMatchObject({ length: 2, badRows: new Map([[1, "value"]]) });
  });

  test("null is good only where the column allows it", () => {
    const row = Object.fromEntries(
      Object.entries(osProcessColumns).map(([column, { type }]) => [column, [type === "text" ? "x" : 1]]),
    );
    expect(readColumns(osProcessColumns, { ...row, ioReadBytes: [null] })).toMatchObject({
      badRows: new Map(),
    });
    expect(readColumns(osProcessColumns, { ...row, cpuSeconds: [null] })).toMatchObject({
      badRows: new Map([[0, "cpuSeconds"]]),
    });
    expect(readColumns(osProcessColumns, { ...row, name: ["x".repeat(201)] })).toMatchObject({
      badRows: new Map([[0, "name"]]),
    });
  });

  test.each([
    [null, "columns must be an object of arrays"],
    [{}, "column series is missing"],
    [{ ...point, at: [1] }, "column at has 1 values instead of 2"],
  ])("%j as a whole is an error", (raw, error) => {
    expect(readColumns(pointColumns, raw)).toEqual({ error });
  });
});
